package io.zapkv.compat;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/// A named point of the work with a device at which the process ends, as if it had been killed
/// there.
///
/// **Threading.** Any thread.
final class HaltPoint {
  /// What it exits with: as a shell reports a process that was killed by SIGKILL.
  private static final int KILLED = 137;

  /// The points.
  enum Name {
    /// Before an append of log or table.
    APPEND,
    /// When the device has answered one, before anybody hears of it.
    APPENDED,
    /// Before an append to the metadata.
    JOURNAL,
    /// When the device has answered one.
    JOURNALED,
    /// Before a sync.
    SYNC,
    /// After it.
    SYNCED,
    /// Before a reset.
    RESET,
    /// After it.
    EMPTIED
  }

  private final Name name;
  private final AtomicLong left;

  /// @param nth the how-manieth time the point is passed, from one
  HaltPoint(Name name, long nth) {
    this.name = name;
    this.left = new AtomicLong(nth);
  }

  /// Reads `append:3`.
  static HaltPoint parse(String text) {
    String[] words = text.split(":", 2);
    return new HaltPoint(Name.valueOf(words[0].toUpperCase(Locale.ROOT)), Long.parseLong(words[1]));
  }

  /// Somebody passes a point.
  void pass(Name passed) {
    if (passed == name && left.decrementAndGet() == 0) {
      Runtime.getRuntime().halt(KILLED);
    }
  }

  @Override
  public String toString() {
    return name.name().toLowerCase(Locale.ROOT) + ":" + left;
  }
}
