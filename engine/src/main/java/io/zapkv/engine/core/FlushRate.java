package io.zapkv.engine.core;

import io.zapkv.engine.version.VersionEdit;
import io.zapkv.ring.Clock;
import org.jspecify.annotations.Nullable;

/// How fast memtables are flushed, and how much room they take. As fast as lately, or slower where
/// the flush under way is overdue: so writers slow down while a flush takes long, not only after
/// it. Before the first one the rate is a guess.
///
/// **Threading.** The flush lane writes, anyone reads.
final class FlushRate {
  private static final double NANOS_PER_SECOND = 1e9;

  private static final long GUESS_BYTES_PER_SECOND = 64L << 20;

  /// What records are taken to grow by at the least, and before it was measured.
  private static final double GROWTH_MIN = 1.2;

  private static final double GROWTH_MARGIN = 1.1;

  /// A few records in a table of their own say nothing of many.
  private static final long GROWTH_BYTES_MIN = 256 << 10;

  private final Clock clock;
  private final int blockBytes;
  private volatile @Nullable Running running;
  private volatile long pastBytesPerSecond; // 0 before the first flush
  private volatile double growth = 1;

  FlushRate(Clock clock, int blockBytes) {
    this.clock = clock;
    this.blockBytes = blockBytes;
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

  /// Records of `bytes` bytes in memory became the tables of `edit`.
  void wrote(long bytes, VersionEdit edit) {
    long blocks = 0;
    for (VersionEdit.Placed placed : edit.added()) {
      blocks += placed.table().blocks();
    }
    if (bytes >= GROWTH_BYTES_MIN) {
      growth = (double) blocks * blockBytes / bytes;
    }
  }

  /// What records of so many bytes in memory take in zones: with envelopes, indexes, filters and
  /// the ends of chunks that no record fits, as measured at the last flush of many.
  long flushedBytes(long memTableBytes) {
    return (long) (memTableBytes * Math.max(GROWTH_MIN, GROWTH_MARGIN * growth));
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
