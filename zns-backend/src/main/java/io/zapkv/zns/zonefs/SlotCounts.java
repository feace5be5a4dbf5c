package io.zapkv.zns.zonefs;

import io.zapkv.zns.ZoneCounts;
import io.zapkv.zns.ZoneState;

/// Counts which zones hold a slot of the device.
///
/// **Threading.** Under the lock of [ZonefsZones].
final class SlotCounts {
  private int implicitlyOpen;
  private int explicitlyOpen;
  private int closed;

  ZoneCounts counts() {
    return new ZoneCounts(implicitlyOpen, explicitlyOpen, closed);
  }

  void add(ZoneState state) {
    change(state, 1);
  }

  /// Moves a zone to another state.
  void move(ZoneLine line, ZoneState state) {
    change(line.state, -1);
    change(state, 1);
    line.state = state;
  }

  private void change(ZoneState state, int change) {
    switch (state) {
      case IMPLICITLY_OPEN -> implicitlyOpen += change;
      case EXPLICITLY_OPEN -> explicitlyOpen += change;
      case CLOSED -> closed += change;
      case EMPTY, READ_ONLY, FULL, OFFLINE -> {}
    }
  }
}
