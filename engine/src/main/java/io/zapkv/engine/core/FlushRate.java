package io.zapkv.engine.core;

import io.zapkv.ring.Clock;

/// How fast memtables were flushed lately.
///
/// **Threading.** The flush lane writes, anyone reads.
final class FlushRate {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Clock clock;
  private long beganNanos;
  private volatile long bytesPerSecond;

  FlushRate(Clock clock) {
    this.clock = clock;
  }

  void begin() {
    beganNanos = clock.nanos();
  }

  /// A flush of `bytes` bytes of records is over. Half of what was known stays, so that one odd
  /// flush does not decide.
  void end(long bytes) {
    long nanos = Math.max(1, clock.nanos() - beganNanos);
    long now = (long) (bytes * NANOS_PER_SECOND / nanos);
    bytesPerSecond = bytesPerSecond == 0 ? now : (bytesPerSecond + now) / 2;
  }

  /// Bytes of records flushed in a second; 0 where nothing was yet.
  long bytesPerSecond() {
    return bytesPerSecond;
  }
}
