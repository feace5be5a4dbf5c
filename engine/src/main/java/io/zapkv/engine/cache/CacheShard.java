package io.zapkv.engine.cache;

import io.zapkv.engine.base.EpochGate;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

/// One share of a cache: two logs of segments, written at the end and evicted at the front.
///
/// ```
///   new ──► probation ──┬─ asked for ──► main ──┬─ asked for again ──► to main's end
///              ▲        └─ not: ghost           └─ not: gone
///              └ but what the ghost remembers goes to main at once
/// ```
///
/// **Threading.** Lookups by any thread inside the read gate; inserts and resizing under the lock.
///
/// **Memory.** At most the target's segments, and for a while those that shrinking took out of use
/// and that somebody may still look at.
final class CacheShard {
  /* Yang et al.: FIFO queues are all you need for cache eviction (SOSP 2023). Most blocks are asked
   * for once: a tenth of the memory is enough to find out, and a scan flows through it and leaves
   * main alone. Whole segments are evicted instead of single blocks, so there is no free list and
   * no fragmentation; what deserves to stay is copied, which is a block or two of many.
   *
   * A segment taken out of use is retired with the gate's epoch and reused once that has passed.
   * The inserting thread is itself inside the gate, so what it retires it cannot reuse; hence
   * spares, taken out of use one insert-round ahead. Where none has passed, the block is not
   * cached: a visitor must never wait (EpochGate).
   */
  private static final int SPARES = 2;
  private static final int PROBATION_PART = 10;

  /// The fewest segments that make a cache: two being written, the spares, and some content.
  static final int SEGMENTS_MIN = 6;

  private final CacheMemory memory;
  private final CacheIndex index;
  private final CacheGhost ghost;
  private final EpochGate gate;
  private final ReentrantLock lock = new ReentrantLock();
  private final SegmentLog probation = new SegmentLog();
  private final SegmentLog main = new SegmentLog();
  private final Deque<Integer> free = new ArrayDeque<>();
  private final Deque<Retired> retired = new ArrayDeque<>();
  private int target;
  private int taken;
  private long inserted;
  private long evicted;

  CacheShard(CacheMemory memory, EpochGate gate, long bytesMax, int segments) {
    this.memory = memory;
    this.gate = gate;
    long blocksMax = Math.max(1, bytesMax / BlockCache.BYTES_PER_SLOT);
    this.index = new CacheIndex(blocksMax, memory);
    this.ghost = new CacheGhost(Math.toIntExact(blocksMax));
    this.target = segments < SEGMENTS_MIN ? 0 : segments;
  }

  /// The place of a block, or [CacheMemory#NOWHERE].
  long find(long hash, long tableId, int ordinal) {
    long place = index.find(hash, tableId, ordinal);
    if (place != CacheMemory.NOWHERE) {
      memory.markReferenced(place);
    }
    return place;
  }

  /// Copies a block in; false where there is no room to be had at once.
  boolean insert(
      long hash, long tableId, int ordinal, MemorySegment block, long offset, int length) {
    if (CacheMemory.nextBlock(CacheMemory.FIRST_BLOCK, length) > memory.segmentBytes()
        || !lock.tryLock()) {
      return false;
    }
    try {
      if (index.find(hash, tableId, ordinal) != CacheMemory.NOWHERE) {
        return true; // another thread missed it, too
      }
      SegmentLog log = ghost.remove(hash) ? main : probation;
      if (!log.hasRoom(length) && !advance(log, length)) {
        return false;
      }
      long place = log.append(tableId, ordinal, block, offset, length);
      inserted++;
      if (!index.add(hash, place)) {
        evicted++;
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Makes `segments` the most to hold, and gives up what is beyond.
  void resize(int segments) {
    lock.lock();
    try {
      target = segments < SEGMENTS_MIN ? 0 : segments;
      reap();
      while (taken - retired.size() - free.size() > Math.max(0, target - SPARES)) {
        if (!evictOne()) {
          probation.seal();
          main.seal();
          if (!evictOne()) {
            break;
          }
        }
      }
      reap();
    } finally {
      lock.unlock();
    }
  }

  /// Adds this shard's counts up.
  CacheStats addTo(CacheStats sum) {
    lock.lock();
    try {
      return sum.plus(inserted, evicted, (long) taken * memory.segmentBytes());
    } finally {
      lock.unlock();
    }
  }

  /// Makes room for a block in `log`; false where none is to be had at once.
  private boolean advance(SegmentLog log, int length) {
    evictForSpares(); // may itself have given the main log a new segment
    return log.hasRoom(length) || log.begin();
  }

  private void evictForSpares() {
    reap();
    while (spares() < Math.min(SPARES, target)) {
      // What is asked for needs a segment to move to: better to wait for one that was retired.
      boolean canMove = !free.isEmpty() || taken < target;
      if ((!canMove && !retired.isEmpty()) || !evictOne()) {
        return;
      }
    }
  }

  private int spares() {
    return free.size() + retired.size() + target - taken;
  }

  /// Takes one segment out of use; false where there is none to take.
  private boolean evictOne() {
    boolean onProbation =
        probation.sealed.size() > target / PROBATION_PART || main.sealed.isEmpty();
    Integer victim = (onProbation ? probation : main).sealed.pollFirst();
    if (victim == null) {
      return false;
    }
    evict(victim, onProbation);
    retired.addLast(new Retired(victim, gate.epoch()));
    return true;
  }

  private void evict(int segment, boolean onProbation) {
    // A main log that is asked for as a whole would be copied for ever and free nothing.
    int copyBytesMax = onProbation ? memory.segmentBytes() : memory.segmentBytes() / 2;
    int offset = CacheMemory.FIRST_BLOCK;
    int length;
    for (;
        (length = lengthAt(segment, offset)) > 0;
        offset = CacheMemory.nextBlock(offset, length)) {
      long place = CacheMemory.place(segment, offset);
      long tableId = memory.tableId(place);
      int ordinal = memory.ordinal(place);
      long hash = BlockCache.hash(tableId, ordinal);
      if (!index.leadsTo(hash, place)) {
        continue; // forgotten before
      }
      if (memory.isReferenced(place)
          && copyBytesMax >= length
          && target > 0
          && (main.hasRoom(length) || main.begin())) {
        copyBytesMax -= length;
        MemorySegment from = memory.segment(place);
        index.move(hash, place, main.append(tableId, ordinal, from, offset, length));
        continue;
      }
      index.remove(hash, place);
      evicted++;
      if (onProbation) {
        ghost.add(hash);
      }
    }
  }

  /// Length of the block at `offset`, 0 behind the last.
  private int lengthAt(int segment, int offset) {
    return offset < memory.segmentBytes() ? memory.length(CacheMemory.place(segment, offset)) : 0;
  }

  /// An empty segment, or -1.
  private int takeFree() {
    reap();
    Integer number = free.pollFirst();
    if (number == null) {
      if (taken >= target) {
        return -1;
      }
      taken++;
      number = memory.take();
    }
    return number;
  }

  /// Puts retired segments that nobody looks at any more back to use, or frees them.
  private void reap() {
    for (Retired next = retired.peekFirst();
        next != null && gate.hasPassed(next.epoch);
        next = retired.peekFirst()) {
      retired.removeFirst();
      free.addLast(next.segment);
    }
    while (taken > target && !free.isEmpty()) {
      memory.free(free.removeFirst());
      taken--;
    }
  }

  private record Retired(int segment, long epoch) {}

  /// Segments in the order they were written; only the last takes blocks.
  private final class SegmentLog {
    private static final int NONE = -1;

    private final Deque<Integer> sealed = new ArrayDeque<>();
    private int active = NONE;
    private int end;

    boolean hasRoom(int length) {
      return active != NONE && CacheMemory.nextBlock(end, length) <= memory.segmentBytes();
    }

    boolean begin() {
      int segment = takeFree();
      if (segment < 0) {
        return false;
      }
      seal();
      active = segment;
      end = CacheMemory.FIRST_BLOCK;
      memory.writeHeader(CacheMemory.place(active, end), 0, 0, 0);
      return true;
    }

    void seal() {
      if (active != NONE) {
        sealed.addLast(active);
        active = NONE;
      }
    }

    long append(long tableId, int ordinal, MemorySegment block, long offset, int length) {
      long place = CacheMemory.place(active, end);
      MemorySegment.copy(block, offset, memory.segment(place), end, length);
      memory.writeHeader(place, tableId, ordinal, length);
      end = CacheMemory.nextBlock(end, length);
      if (end < memory.segmentBytes()) {
        memory.writeHeader(CacheMemory.place(active, end), 0, 0, 0); // the last one, for eviction
      }
      return place;
    }
  }
}
