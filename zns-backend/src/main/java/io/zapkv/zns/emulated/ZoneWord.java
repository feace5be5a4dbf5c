package io.zapkv.zns.emulated;

import io.zapkv.zns.ZoneState;

/// The state of one zone in 64 bits, so that one store is one transition.
///
/// ```
///  63       48 47  45   44    43   41 40                    0
/// ┌───────────┬──────┬───────┬───────┬───────────────────────┐
/// │   check   │ zero │written│ state │ write pointer, blocks │
/// └───────────┴──────┴───────┴───────┴───────────────────────┘
/// ```
///
/// The check is taken over the other bits and the zone's number, so that neither a flipped bit nor
/// a word in another's place passes for a state.
final class ZoneWord {
  private static final int STATE_SHIFT = 41;
  private static final int WRITTEN_SHIFT = 44;
  private static final int CHECK_SHIFT = 48;
  private static final long POINTER_MASK = (1L << STATE_SHIFT) - 1;
  private static final long STATE_MASK = 7;
  private static final long BODY_MASK = (1L << CHECK_SHIFT) - 1;

  /// By code, as stored: never change the order, only add.
  private static final ZoneState[] STATES = {
    ZoneState.EMPTY,
    ZoneState.IMPLICITLY_OPEN,
    ZoneState.EXPLICITLY_OPEN,
    ZoneState.CLOSED,
    ZoneState.READ_ONLY,
    ZoneState.FULL,
    ZoneState.OFFLINE
  };

  private ZoneWord() {}

  /// Packs a state. `written`: the zone's blocks exist on the store already.
  static long of(int zone, ZoneState state, long pointerBlocks, boolean written) {
    assert pointerBlocks >= 0 && pointerBlocks <= POINTER_MASK;
    long body =
        (written ? 1L << WRITTEN_SHIFT : 0) | (long) code(state) << STATE_SHIFT | pointerBlocks;
    return (long) check(zone, body) << CHECK_SHIFT | body;
  }

  private static int code(ZoneState state) {
    return switch (state) {
      case EMPTY -> 0;
      case IMPLICITLY_OPEN -> 1;
      case EXPLICITLY_OPEN -> 2;
      case CLOSED -> 3;
      case READ_ONLY -> 4;
      case FULL -> 5;
      case OFFLINE -> 6;
    };
  }

  static ZoneState state(long word) {
    return STATES[(int) (word >>> STATE_SHIFT & STATE_MASK)];
  }

  static long pointerBlocks(long word) {
    return word & POINTER_MASK;
  }

  static boolean isWritten(long word) {
    return (word >>> WRITTEN_SHIFT & 1) != 0;
  }

  /// Whether `word` was made by [#of] for this zone, in a device with zones of this capacity.
  static boolean isLegal(int zone, long word, long capacityBlocks) {
    long body = word & BODY_MASK;
    return word >>> CHECK_SHIFT == check(zone, body)
        && (word >>> STATE_SHIFT & STATE_MASK) < STATES.length
        && pointerBlocks(word) <= capacityBlocks;
  }

  private static int check(int zone, long body) {
    long mixed = (body ^ (long) (zone + 1) << 40) * 0x9E3779B97F4A7C15L;
    mixed ^= mixed >>> 29;
    mixed *= 0xBF58476D1CE4E5B9L;
    return (int) (mixed >>> CHECK_SHIFT);
  }
}
