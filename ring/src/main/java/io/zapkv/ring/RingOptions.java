package io.zapkv.ring;

/// What a ring is to be able to do.
///
/// @param capacity the most operations between submission and delivery, up to [#CAPACITY_MAX]
/// @param commands whether [Ring#command] is to work: entries of twice the size
/// @param polled whether completions are looked for at the device, instead of announced by its
///   interrupt: for files opened for direct I/O and for commands, on devices whose driver was set
///   up for it. A device that cannot answers each transfer with `EOPNOTSUPP`; syncs run on the
///   owner's thread. The kernel knows no limit of a wait then: [Ring#await] ends with a completion
///   only.
public record RingOptions(int capacity, boolean commands, boolean polled) {
  /// The longest submission queue that the kernel makes.
  public static final int CAPACITY_MAX = 32_768;

  /// Checks the ranges.
  public RingOptions {
    if (capacity < 1 || capacity > CAPACITY_MAX) {
      throw new IllegalArgumentException(
          "capacity must be from 1 to " + CAPACITY_MAX + ", got " + capacity);
    }
  }

  /// A ring for transfers and syncs.
  public static RingOptions of(int capacity) {
    return new RingOptions(capacity, false, false);
  }

  /// The same ring, for commands too.
  public RingOptions withCommands() {
    return new RingOptions(capacity, true, polled);
  }

  /// The same ring, polled.
  public RingOptions withPolling() {
    return new RingOptions(capacity, commands, true);
  }
}
