package io.zapkv.engine.write;

/// Says what a write has to wait so that memory, level 0 and empty zones do not run out.
///
/// The answer is what the bytes cost on one timeline that all writers share, see [WriteTimeline]:
/// with the delay of `n` bytes at `n / flush rate`, writes come in exactly as fast as they are
/// flushed.
///
/// ```
///   delay                                         ╷ STOP
///     │                                          ╱│
///     │                                       ╱   │      delay = n / flush rate · p / (1 − p)
///     │                               _ ╱‾        │      p: the most pressing of the four, from
///     └──────────────────────── ‾ ────────────────┴──       0 where slowing begins to 1 at the stop
///                          slow                  stop
/// ```
///
/// However slow a flush is, there is a pressure short of the stop at which writes come in no
/// faster; so a stop is met only by bursts, and by writers that are many and large. And it is met
/// only where there is no memory left, and by puts where the zones are needed for what was let in:
/// behind on merges or short of zones, writes trickle.
///
/// **Threading.** Immutable; any thread. Pure.
public final class StallPolicy {
  /// The answer where there is no memory left: wait until background work has come further, and ask
  /// again.
  public static final long STOP = -1;

  /// The answer where the store is full and nothing is going to free room.
  public static final long FULL = -2;

  /// No answer is longer than this, and no writer should wait longer at a time.
  public static final long WAIT_NANOS_MAX = 10_000_000;

  private static final double NANOS_PER_SECOND = 1e9;

  private final StallLimits limits;

  /// A policy with the given limits.
  public StallPolicy(StallLimits limits) {
    this.limits = limits;
  }

  /// What a write that puts something has to wait.
  ///
  /// @param writeBytes what it adds to the memtable
  /// @return nanoseconds from 0 to [#WAIT_NANOS_MAX], [#STOP] or [#FULL]
  public long delayOfPut(WritePressure pressure, long writeBytes) {
    if (pressure.emptyZones() <= limits.zonesStop() && !pressure.roomCanBeMade()) {
      return FULL;
    }
    if (pressure.emptyZones() <= limits.zonesNone()) {
      return STOP;
    }
    double zones = ramp(-(long) pressure.emptyZones(), -limits.zonesSlow(), -limits.zonesStop());
    return delay(Math.max(zones, ofMerges(pressure)), pressure, writeBytes);
  }

  /// What a write that only deletes has to wait: it may use the reserve, since it is what makes
  /// room.
  ///
  /// @param writeBytes what it adds to the memtable
  /// @return nanoseconds from 0 to [#WAIT_NANOS_MAX], or [#STOP]
  public long delayOfDelete(WritePressure pressure, long writeBytes) {
    return delay(ofMerges(pressure), pressure, writeBytes);
  }

  private double ofMerges(WritePressure pressure) {
    double level0 =
        ramp(pressure.level0Tables(), limits.level0SlowTables(), limits.level0StopTables());
    double owed = ramp(pressure.owedBytes(), limits.owedSlowBytes(), limits.owedStopBytes());
    return Math.max(level0, owed);
  }

  /// Only memory stops a write. Where merges or zones are what is behind, a stop would last as long
  /// as a merge, seconds; letting in one write every [#WAIT_NANOS_MAX] adds next to nothing to what
  /// is behind.
  private long delay(double most, WritePressure pressure, long writeBytes) {
    double memory =
        ramp(pressure.memtableBytes(), limits.memtableSlowBytes(), limits.memtableStopBytes());
    if (memory >= 1) {
      return STOP;
    }
    double hardest = Math.max(memory, most);
    if (hardest >= 1) {
      return WAIT_NANOS_MAX;
    }
    double nanosOfFlush = writeBytes * NANOS_PER_SECOND / pressure.flushBytesPerSecond();
    double nanos = nanosOfFlush * (hardest / (1 - hardest));
    return (long) Math.min(WAIT_NANOS_MAX, nanos);
  }

  /// 0 up to `slow`, 1 from `stop` on, a straight line between.
  private static double ramp(long value, long slow, long stop) {
    return Math.clamp((double) (value - slow) / (stop - slow), 0.0, 1.0);
  }
}
