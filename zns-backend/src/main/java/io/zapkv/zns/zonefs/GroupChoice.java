package io.zapkv.zns.zonefs;

import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZoneCommand;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneGroup;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZoneStateMachine;
import io.zapkv.zns.ZoneTransition;
import java.util.List;

/// Chooses the zone of a group that an append goes to (S2): an open one before one that needs a
/// slot, counting what waits for a zone as if it were written.
///
/// **Threading.** Under the lock of [ZonefsZones].
final class GroupChoice {
  /// What [#choose] answers where no zone will do.
  static final int NONE = -1;

  private final Geometry geometry;
  private final List<ZoneLine> lines;
  private final SlotCounts slots;
  private ZoneFailure failure = ZoneFailure.FULL;

  GroupChoice(Geometry geometry, List<ZoneLine> lines, SlotCounts slots) {
    this.geometry = geometry;
    this.lines = lines;
    this.slots = slots;
  }

  /// The zone for `blocks` blocks, looking from the `start`-th on, or [#NONE].
  int choose(ZoneGroup group, int start, long blocks) {
    for (int i = 0; i < group.size(); i++) {
      ZoneLine line = lines.get(group.zone((start + i) % group.size()));
      if (line.state.isOpen() && hasRoom(line, blocks)) {
        return line.zone;
      }
    }
    failure = ZoneFailure.FULL;
    for (int i = 0; i < group.size(); i++) {
      ZoneLine line = lines.get(group.zone((start + i) % group.size()));
      if (isUnopened(line.state) && hasRoom(line, blocks)) {
        switch (ZoneStateMachine.apply(
            geometry,
            slots.counts(),
            line.state,
            line.pointerBlocks,
            new ZoneCommand.Append(blocks))) {
          case ZoneTransition.Moved _ -> {
            return line.zone;
          }
          // A missing slot is the failure to tell before a full zone: it passes.
          case ZoneTransition.Refused(ZoneFailure why) -> failure = why;
        }
      }
    }
    return NONE;
  }

  private static boolean isUnopened(ZoneState state) {
    return state == ZoneState.EMPTY || state == ZoneState.CLOSED;
  }

  private boolean hasRoom(ZoneLine line, long blocks) {
    return blocks <= geometry.zoneCapacityBlocks() - line.pointerBlocks - line.queuedBlocks;
  }

  /// Why the last choice was [#NONE].
  ZoneFailure failure() {
    return failure;
  }
}
