package io.zapkv.engine.memtable;

import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.RecordDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// Finds the newest record of a key in a segment: an open-addressing table of slots, changed by
/// compare-and-set alone.
///
/// ```
///   slot  63            32 31             0
///        ┌────────────────┬────────────────┐     0 = empty; slots never become empty again
///        │  fingerprint   │ place (off / 8)│
///        └────────────────┴────────────────┘
///   index by the hash's low bits, fingerprint = its high half, linear probing
///
///   slot ──► newest record ── previous ──► older ── previous ──► oldest ── 0
/// ```
///
/// A slot leads to the newest version of its key, each version to the next older one. Two threads
/// may insert versions of one key in the wrong order: then the older one is linked in further down,
/// so that a chain always descends in sequence.
///
/// **Threading.** Any thread, without locks.
///
/// **Memory.** A slot is one cache line touched, the record's header and key the second.
///
/// **Bounds.** [#capacity] records; a quarter of the slots stays empty, so that every probe ends.
final class HashIndex {
  private static final VarHandle SLOT = ValueLayout.JAVA_LONG.varHandle();
  private static final long PLACE_MASK = 0xFFFF_FFFFL;
  private static final int SLOTS_MIN = 1 << 10;
  private static final int SLOTS_MAX = 1 << 27;
  static final int LINE_BYTES = 128; // two cache lines: the prefetcher fetches pairs

  private final MemorySegment records;
  private final MemorySegment slots; // the first line pair holds the count of records
  private final long mask;
  private final long capacity;

  /// An empty index over `records`.
  ///
  /// @param slots zeroed, as long as [#bytesFor] said
  HashIndex(MemorySegment records, MemorySegment slots) {
    long count = (slots.byteSize() - LINE_BYTES) / Long.BYTES;
    this.records = records;
    this.slots = slots;
    this.mask = count - 1;
    this.capacity = count - count / 4;
  }

  /// Bytes of an index with room for `expectedRecords` and some more.
  static long bytesFor(long expectedRecords) {
    long wanted = expectedRecords + (expectedRecords >>> 1) + SLOTS_MIN; // load 2/3 as expected
    return LINE_BYTES + Math.min(SLOTS_MAX, Long.highestOneBit(wanted) << 1) * Long.BYTES;
  }

  /// Sets room aside for `count` records; false where there is not enough.
  boolean reserve(int count) {
    long before = (long) SLOT.getAndAdd(slots, 0L, (long) count);
    if (before + count <= capacity) {
      return true;
    }
    SLOT.getAndAdd(slots, 0L, (long) -count);
    return false;
  }

  /// Records inserted or about to be.
  long size() {
    return (long) SLOT.getVolatile(slots, 0L);
  }

  /// The most records.
  long capacity() {
    return capacity;
  }

  /// Bytes the index takes.
  long bytes() {
    return slots.byteSize();
  }

  /// Inserts the record at `offset`, complete but unpublished, for which room was set aside.
  void insert(long offset, int keyBytes, long hash) {
    long keyOffset = offset + RecordDescriptor.HEADER_BYTES;
    int place = (int) (offset / RecordDescriptor.ALIGNMENT);
    long wanted = (hash & ~PLACE_MASK) | place;
    long at = hash & mask;
    while (true) {
      long slotOffset = LINE_BYTES + at * Long.BYTES;
      long found = (long) SLOT.getAcquire(slots, slotOffset);
      if (found == 0) {
        RecordDescriptor.initPrevious(records, offset, 0);
        if (SLOT.compareAndSet(slots, slotOffset, 0L, wanted)) {
          return;
        }
      } else if (isOf(found, hash, records, keyOffset, keyBytes)) {
        if (link(slotOffset, found, wanted, offset, place)) {
          return;
        }
      } else {
        at = at + 1 & mask;
      }
    }
  }

  /// Fetches the slots that these hashes begin with, all at once: who inserts one after the other
  /// waits for each, since a compare-and-set lets nothing overtake it.
  ///
  /// @return anything; to be kept, or else the compiler finds that nothing need be fetched
  long touch(long[] hashes, int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += slots.get(ValueLayout.JAVA_LONG, LINE_BYTES + (hashes[i] & mask) * Long.BYTES);
    }
    return sum;
  }

  /// The offset of the newest record of a key, published or not; 0 where there is none.
  long newest(MemorySegment key, long keyOffset, int keyBytes, long hash) {
    for (long at = hash & mask; ; at = at + 1 & mask) {
      long found = (long) SLOT.getAcquire(slots, LINE_BYTES + at * Long.BYTES);
      if (found == 0) {
        return 0;
      }
      if (isOf(found, hash, key, keyOffset, keyBytes)) {
        return (found & PLACE_MASK) * RecordDescriptor.ALIGNMENT;
      }
    }
  }

  private boolean isOf(long slot, long hash, MemorySegment key, long keyOffset, int keyBytes) {
    if ((slot ^ hash) >>> 32 != 0) {
      return false;
    }
    long offset = (slot & PLACE_MASK) * RecordDescriptor.ALIGNMENT;
    return RecordDescriptor.keyBytes(records, offset) == keyBytes
        && Keys.equal(
            records, offset + RecordDescriptor.HEADER_BYTES, keyBytes, key, keyOffset, keyBytes);
  }

  /// Links a version into the chain that `found` leads to; false where the slot changed meanwhile.
  private boolean link(long slotOffset, long found, long wanted, long offset, int place) {
    int newest = (int) (found & PLACE_MASK);
    if (newest < place) {
      RecordDescriptor.initPrevious(records, offset, newest);
      return SLOT.compareAndSet(slots, slotOffset, found, wanted);
    }
    // The head is newer and stays so: the place is below it, and chains only grow.
    int above = newest;
    while (true) {
      long aboveOffset = (long) above * RecordDescriptor.ALIGNMENT;
      int below = RecordDescriptor.previous(records, aboveOffset);
      if (below > place) {
        above = below;
        continue;
      }
      RecordDescriptor.initPrevious(records, offset, below);
      if (RecordDescriptor.replacePrevious(records, aboveOffset, below, place)) {
        return true;
      }
    }
  }
}
