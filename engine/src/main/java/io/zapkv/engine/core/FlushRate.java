package io.zapkv.engine.core;

import io.zapkv.ring.Clock;
import org.jspecify.annotations.Nullable;

/// How fast memtables are flushed: as lately, or slower where the flush under way is overdue. So
/// writers slow down while a flush takes long, not only after it. Before the first one it is a
/// guess.
///
/// **Threading.** The flush lane writes, anyone reads.
final class FlushRate {
  private static final double NANOS_PER_SECOND = 1e9;

  private static final long GUESS_BYTES_PER_SECOND = 64L << 20;

  private final Clock clock;
  private volatile @Nullable Running running;
  private volatile long pastBytesPerSecond; // 0 before the first flush

  FlushRate(Clock clock) {
    this.clock = clock;
  }

  /// A flush of `bytes` bytes of records begins.
  void begin(long bytes) {
    running = new Running(bytes, clock.nanos());
  }

  /// It is over. Half of what was known stays, so that one odd flush does not decide.
  void end() {
    Running ended = running;
    if (ended != null) {
      long now = rate(ended);
      pastBytesPerSecond = pastBytesPerSecond == 0 ? now : (pastBytesPerSecond + now) / 2;
      running = null;
    }
  }

  /// Bytes of records flushed in a second; positive.
  long bytesPerSecond() {
    long past = pastBytesPerSecond;
    long expected = past == 0 ? GUESS_BYTES_PER_SECOND : past;
    Running now = running;
    return now == null ? expected : Math.min(expected, rate(now));
  }

  /// What it would be if the flush ended now.
  private long rate(Running flush) {
    long nanos = Math.max(1, clock.nanos() - flush.beganNanos());
    return Math.max(1, (long) (flush.bytes() * NANOS_PER_SECOND / nanos));
  }

  private record Running(long bytes, long beganNanos) {}
}
