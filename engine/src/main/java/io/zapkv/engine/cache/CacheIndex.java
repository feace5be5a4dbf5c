package io.zapkv.engine.cache;

import java.util.concurrent.atomic.AtomicLongArray;

/// Finds the place of a block by the hash of its name: buckets of eight slots, a slot one long.
///
/// ```
///   63                        34 33                    0
///  ┌────────────────────────────┬───────────────────────┐
///  │ low 30 bits of the hash    │ place; a zero slot is │
///  │                            │ empty                 │
///  └────────────────────────────┴───────────────────────┘
/// ```
///
/// A bucket that is full gives up a slot: a cache may forget. So nothing is ever probed beyond one
/// bucket, there are no tombstones, and the index never grows.
///
/// **Threading.** Lookups by any thread, changes by one at a time (the shard's lock).
final class CacheIndex {
  private static final int BUCKET_SLOTS = 8;
  private static final long PLACE_MASK = (1L << CacheMemory.PLACE_BITS) - 1;
  private static final long EMPTY = 0; // no block begins at offset 0 of a segment
  private static final int USED_ABOVE = 8; // the hash's top bits choose the shard

  private final AtomicLongArray slots;
  private final long buckets;
  private final CacheMemory memory;

  CacheIndex(long blocksMax, CacheMemory memory) {
    this.buckets = Math.max(1, Math.ceilDiv(blocksMax, BUCKET_SLOTS));
    this.slots = new AtomicLongArray(Math.toIntExact(buckets * BUCKET_SLOTS));
    this.memory = memory;
  }

  /// The block's place, or [CacheMemory#NOWHERE]. Requires: inside the read gate.
  long find(long hash, long tableId, int ordinal) {
    int first = bucket(hash);
    long fingerprint = fingerprint(hash);
    for (int i = first; i < first + BUCKET_SLOTS; i++) {
      long slot = slots.getAcquire(i);
      if ((slot & ~PLACE_MASK) == fingerprint && slot != EMPTY) {
        long place = slot & PLACE_MASK;
        if (memory.isBlock(place, tableId, ordinal)) {
          return place;
        }
      }
    }
    return CacheMemory.NOWHERE;
  }

  /// Enters a block that is not there; its bytes are written already.
  ///
  /// @return whether a slot was free; otherwise another block was forgotten for it
  boolean add(long hash, long place) {
    int first = bucket(hash);
    for (int i = first; i < first + BUCKET_SLOTS; i++) {
      if (slots.getPlain(i) == EMPTY) {
        slots.setRelease(i, fingerprint(hash) | place);
        return true;
      }
    }
    int given = first + (int) (hash >>> 32 & (BUCKET_SLOTS - 1));
    slots.setRelease(given, fingerprint(hash) | place);
    return false;
  }

  /// Sends lookups of the block at `from` to `to`; false where it had been forgotten.
  boolean move(long hash, long from, long to) {
    return replace(hash, from, fingerprint(hash) | to);
  }

  /// Forgets the block at `place`; false where it had been forgotten.
  boolean remove(long hash, long place) {
    return replace(hash, place, EMPTY);
  }

  /// Whether lookups lead to the block at `place`.
  boolean leadsTo(long hash, long place) {
    return slotOf(hash, place) >= 0;
  }

  private boolean replace(long hash, long place, long slot) {
    int at = slotOf(hash, place);
    if (at >= 0) {
      slots.setRelease(at, slot);
    }
    return at >= 0;
  }

  private int slotOf(long hash, long place) {
    int first = bucket(hash);
    for (int i = first; i < first + BUCKET_SLOTS; i++) {
      if (slots.getPlain(i) == (fingerprint(hash) | place)) {
        return i;
      }
    }
    return -1;
  }

  private int bucket(long hash) {
    return (int) Math.unsignedMultiplyHigh(hash << USED_ABOVE, buckets) * BUCKET_SLOTS;
  }

  private static long fingerprint(long hash) {
    return hash << CacheMemory.PLACE_BITS;
  }
}
