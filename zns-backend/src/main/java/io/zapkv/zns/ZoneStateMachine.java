package io.zapkv.zns;

import org.jspecify.annotations.Nullable;

/// The rules of one zone as a pure function: no device, no clock, no lock.
///
/// They are those of the NVMe Zoned Namespace Command Set; where it leaves a choice, the order of
/// checks is: may this state be written at all, is the place right, is there room in the zone, is
/// there a slot on the device.
public final class ZoneStateMachine {
  private ZoneStateMachine() {}

  /// Decides what `command` does to a zone in `state`.
  ///
  /// @param counts the slots held on the whole device now, this zone's included
  public static ZoneTransition apply(
      Geometry geometry,
      ZoneCounts counts,
      ZoneState state,
      long writePointerBlocks,
      ZoneCommand command) {
    return switch (command) {
      case ZoneCommand.Append(long blocks) ->
          write(geometry, counts, state, writePointerBlocks, writePointerBlocks, blocks);
      case ZoneCommand.Write(long block, long blocks) ->
          write(geometry, counts, state, writePointerBlocks, block, blocks);
      case ZoneCommand.Open _ -> open(geometry, counts, state, writePointerBlocks);
      case ZoneCommand.Close _ -> close(state, writePointerBlocks);
      case ZoneCommand.Finish _ -> finish(state, writePointerBlocks);
      case ZoneCommand.Reset _ -> reset(state);
    };
  }

  /// What stands against writing `blocks` blocks at `block`, apart from slots; null where nothing
  /// does. Appends to an open zone need no more than this and [#stateAfter], and make no object.
  public static @Nullable ZoneFailure refusal(
      Geometry geometry, ZoneState state, long writePointerBlocks, long block, long blocks) {
    return switch (state) {
      case FULL -> ZoneFailure.FULL;
      case READ_ONLY -> ZoneFailure.READ_ONLY;
      case OFFLINE -> ZoneFailure.OFFLINE;
      case EMPTY, IMPLICITLY_OPEN, EXPLICITLY_OPEN, CLOSED -> {
        if (block != writePointerBlocks) {
          yield ZoneFailure.INVALID_WRITE;
        }
        // Not "pointer + blocks > capacity": a huge count must not wrap round.
        yield blocks > geometry.zoneCapacityBlocks() - writePointerBlocks
            ? ZoneFailure.BOUNDARY
            : null;
      }
    };
  }

  /// The state of a zone after a write that nothing stood against has moved its pointer.
  public static ZoneState stateAfter(Geometry geometry, ZoneState state, long newPointerBlocks) {
    if (newPointerBlocks == geometry.zoneCapacityBlocks()) {
      return ZoneState.FULL;
    }
    return state == ZoneState.EXPLICITLY_OPEN ? state : ZoneState.IMPLICITLY_OPEN;
  }

  private static ZoneTransition write(
      Geometry geometry,
      ZoneCounts counts,
      ZoneState state,
      long writePointerBlocks,
      long block,
      long blocks) {
    ZoneFailure refusal = refusal(geometry, state, writePointerBlocks, block, blocks);
    if (refusal != null) {
      return new ZoneTransition.Refused(refusal);
    }
    long newPointerBlocks = writePointerBlocks + blocks;
    return takeSlots(
        geometry, counts, state, stateAfter(geometry, state, newPointerBlocks), newPointerBlocks);
  }

  private static ZoneTransition open(
      Geometry geometry, ZoneCounts counts, ZoneState state, long writePointerBlocks) {
    return switch (state) {
      case EMPTY, IMPLICITLY_OPEN, EXPLICITLY_OPEN, CLOSED ->
          takeSlots(geometry, counts, state, ZoneState.EXPLICITLY_OPEN, writePointerBlocks);
      case FULL, READ_ONLY, OFFLINE -> invalidTransition();
    };
  }

  /// A zone that was opened and never written closes, and so stays active (D15).
  private static ZoneTransition close(ZoneState state, long writePointerBlocks) {
    return switch (state) {
      case IMPLICITLY_OPEN, EXPLICITLY_OPEN, CLOSED -> moved(ZoneState.CLOSED, writePointerBlocks);
      case EMPTY, FULL, READ_ONLY, OFFLINE -> invalidTransition();
    };
  }

  /// The pointer stays where the data end: nobody may write there, but below it can be read.
  private static ZoneTransition finish(ZoneState state, long writePointerBlocks) {
    return switch (state) {
      case EMPTY, IMPLICITLY_OPEN, EXPLICITLY_OPEN, CLOSED, FULL ->
          moved(ZoneState.FULL, writePointerBlocks);
      case READ_ONLY, OFFLINE -> invalidTransition();
    };
  }

  private static ZoneTransition reset(ZoneState state) {
    return switch (state) {
      case EMPTY, IMPLICITLY_OPEN, EXPLICITLY_OPEN, CLOSED, FULL -> moved(ZoneState.EMPTY, 0);
      case READ_ONLY, OFFLINE -> invalidTransition();
    };
  }

  /// Even a write that fills its zone at once passes through open, and so needs the slots.
  private static ZoneTransition takeSlots(
      Geometry geometry, ZoneCounts counts, ZoneState from, ZoneState to, long newPointerBlocks) {
    if (!from.isActive() && counts.active() >= geometry.activeZonesMax()) {
      return new ZoneTransition.Refused(ZoneFailure.TOO_MANY_ACTIVE);
    }
    boolean noOpenSlot = !from.isOpen() && counts.open() >= geometry.openZonesMax();
    if (noOpenSlot && counts.implicitlyOpen() == 0) {
      return new ZoneTransition.Refused(ZoneFailure.TOO_MANY_OPEN);
    }
    return new ZoneTransition.Moved(to, newPointerBlocks, noOpenSlot);
  }

  private static ZoneTransition moved(ZoneState state, long writePointerBlocks) {
    return new ZoneTransition.Moved(state, writePointerBlocks, false);
  }

  private static ZoneTransition invalidTransition() {
    return new ZoneTransition.Refused(ZoneFailure.INVALID_TRANSITION);
  }
}
