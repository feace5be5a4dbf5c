package io.zapkv.bench.workload;

import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/// What one thread measured: latencies, operations done, bytes it asked to be written.
///
/// Two ways of timing. A loop that does little beside the store uses [#begin] once and [#lap] after
/// every operation: one look at the clock each. A loop with work of its own puts [#begin] and
/// [#end] around the store's part.
///
/// **Threading.** One thread writes; [#done] may be read by others.
///
/// **Bounds.** Latencies are kept to three digits, at most one minute each.
public final class Recorder {
  /// The longest latency that is told apart from longer ones, in nanoseconds.
  public static final long LATENCY_NANOS_MAX = 60_000_000_000L;

  private final Histogram latencies = new Histogram(LATENCY_NANOS_MAX, 3);
  private final AtomicLong done = new AtomicLong();
  private long beganNanos;
  private long userBytesWritten;
  private long notFound;

  /// Nothing measured yet.
  public Recorder() {}

  /// Takes the time.
  public void begin() {
    beganNanos = System.nanoTime();
  }

  /// Records what has passed since [#begin], and takes the time again.
  public void lap() {
    long now = System.nanoTime();
    record(now - beganNanos);
    beganNanos = now;
  }

  /// Records what has passed since [#begin].
  public void end() {
    record(System.nanoTime() - beganNanos);
  }

  /// When the time was last taken, by [System#nanoTime].
  public long lookedAtNanos() {
    return beganNanos;
  }

  /// Counts operations as done.
  public void count(int operations) {
    // Written by one thread only, so no atomic addition is needed.
    done.setOpaque(done.getPlain() + operations);
  }

  /// Operations done so far.
  public long done() {
    return done.getOpaque();
  }

  /// Counts bytes of a key and its value as written.
  public void wrote(int bytes) {
    userBytesWritten += bytes;
  }

  /// Bytes of keys and values written.
  public long userBytesWritten() {
    return userBytesWritten;
  }

  /// Counts a read that found nothing.
  public void missed() {
    notFound++;
  }

  /// Reads that found nothing.
  public long notFound() {
    return notFound;
  }

  /// The latencies, in nanoseconds.
  public Histogram latencies() {
    return latencies;
  }

  private void record(long nanos) {
    latencies.recordValue(Math.min(nanos, LATENCY_NANOS_MAX));
  }
}
