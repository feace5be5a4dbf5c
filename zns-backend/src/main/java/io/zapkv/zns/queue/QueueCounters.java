package io.zapkv.zns.queue;

import java.util.concurrent.atomic.AtomicLongArray;

/// Counts of one queue, or the sum of several.
///
/// **Threading.** One thread adds, any thread reads: an addition is a plain load and an ordered
/// store, not an atomic operation.
final class QueueCounters {
  static final int APPENDED_BYTES = 0;
  static final int WRITTEN_BYTES = 1;
  static final int READ_BYTES = 2;
  static final int COPIED_BYTES = 3;
  static final int APPENDS = 4;
  static final int READS = 5;
  static final int RESETS = 6;
  static final int FINISHES = 7;
  static final int SYNCS = 8;
  private static final int COUNTERS = 9;

  private final AtomicLongArray counts = new AtomicLongArray(COUNTERS);

  void add(int counter, long amount) {
    counts.setRelease(counter, counts.getPlain(counter) + amount);
  }

  void addAll(QueueCounters other) {
    for (int at = 0; at < COUNTERS; at++) {
      counts.setRelease(at, counts.getPlain(at) + other.counts.getAcquire(at));
    }
  }

  long get(int counter) {
    return counts.getAcquire(counter);
  }
}
