package io.zapkv.engine.core;

import java.util.concurrent.atomic.AtomicLong;

/// How full the zones of whole-zone tables were when they became full.
///
/// **Threading.** Any thread.
final class SealedZones {
  private final AtomicLong zones = new AtomicLong();
  private final AtomicLong capacityBlocks = new AtomicLong();
  private final AtomicLong dataBlocks = new AtomicLong();

  /// A zone became full: so many blocks, so many of them data and not padding.
  void add(long capacity, long data) {
    zones.incrementAndGet();
    capacityBlocks.addAndGet(capacity);
    dataBlocks.addAndGet(data);
  }

  /// How many.
  long zones() {
    return zones.get();
  }

  /// Their data as a part of their capacity, 0 to 1.
  double fill() {
    long capacity = capacityBlocks.get();
    return capacity == 0 ? 0 : (double) dataBlocks.get() / capacity;
  }
}
