package io.zapkv.engine.cache;

import io.zapkv.engine.base.MemoryBudget;
import io.zapkv.engine.format.Layouts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The segments of a cache, and how blocks lie in one.
///
/// ```
///   0          48       64                          64-byte steps
///   ┌──────────┬────────┬───────────────┬──────────┬────────┬──────────
///   │ unused   │ header │ block         │ unused   │ header │ block …
///   └──────────┴────────┴───────────────┴──────────┴────────┴──────────
///   header = table id u64, ordinal u32, length u24, referenced u8
/// ```
///
/// A block begins on a cache line, so that a line of a filter is one line here, too.
///
/// A *place* names a block: the segment's number and the block's offset in one number of 34 bits.
///
/// **Threading.** Taking and giving back segments is guarded by a lock; bytes are guarded by the
/// shard that owns the segment, and by the read gate.
final class CacheMemory {
  /// No place.
  static final long NOWHERE = -1;

  /// Bits of a place.
  static final int PLACE_BITS = 34;

  /// The first block of a segment.
  static final int FIRST_BLOCK = 64;

  /// The largest segment whose offsets a place has bits for.
  static final int SEGMENT_BYTES_MAX = 1 << 20;

  /// The most segments a place has bits for.
  static final int SEGMENTS_MAX = 1 << 20;

  private static final int STEP_BITS = 6;
  private static final int OFFSET_BITS = 14;
  private static final long OFFSET_MASK = (1L << OFFSET_BITS) - 1;

  private static final int HEADER_BYTES = 16;
  private static final int TABLE = -16;
  private static final int ORDINAL = -8;
  private static final int LENGTH = -4;
  private static final int REFERENCED = -1;
  private static final int LENGTH_MASK = 0xFF_FFFF;

  private final int segmentBytes;
  private final MemoryBudget budget;
  private final @Nullable Arena[] arenas;
  private final MemorySegment[] segments;
  private final int[] unused;
  private final ReentrantLock lock = new ReentrantLock();
  private int unusedCount;

  CacheMemory(int segmentBytes, int segmentsMax, MemoryBudget budget) {
    this.segmentBytes = segmentBytes;
    this.budget = budget;
    this.arenas = new Arena[segmentsMax];
    this.segments = new MemorySegment[segmentsMax];
    this.unused = new int[segmentsMax];
    for (int i = 0; i < segmentsMax; i++) {
      unused[i] = segmentsMax - 1 - i;
    }
    unusedCount = segmentsMax;
  }

  int segmentBytes() {
    return segmentBytes;
  }

  /// Takes memory for one more segment; returns its number.
  int take() {
    lock.lock();
    try {
      int number = unused[--unusedCount];
      Arena arena = Arena.ofShared();
      arenas[number] = arena;
      segments[number] = arena.allocate(segmentBytes, FIRST_BLOCK);
      budget.charge(MemoryBudget.Use.CACHE, segmentBytes);
      return number;
    } finally {
      lock.unlock();
    }
  }

  /// Frees a segment's memory. Requires: nobody can look at it any more.
  void free(int number) {
    lock.lock();
    try {
      Arena arena = arenas[number];
      if (arena != null) {
        arenas[number] = null;
        arena.close();
        budget.release(MemoryBudget.Use.CACHE, segmentBytes);
        unused[unusedCount++] = number;
      }
    } finally {
      lock.unlock();
    }
  }

  /// Frees all. Requires: nobody is inside the cache.
  void close() {
    for (int number = 0; number < arenas.length; number++) {
      free(number);
    }
  }

  static long place(int segment, long offset) {
    return (long) segment << OFFSET_BITS | offset >>> STEP_BITS;
  }

  static int segmentNumber(long place) {
    return (int) (place >>> OFFSET_BITS);
  }

  static long offset(long place) {
    return (place & OFFSET_MASK) << STEP_BITS;
  }

  MemorySegment segment(long place) {
    return segments[segmentNumber(place)];
  }

  /// Where the block behind one of `length` bytes at `offset` begins.
  static int nextBlock(int offset, int length) {
    int step = 1 << STEP_BITS;
    return (offset + length + HEADER_BYTES + step - 1) & -step;
  }

  void writeHeader(long place, long tableId, int ordinal, int length) {
    MemorySegment segment = segment(place);
    long offset = offset(place);
    segment.set(Layouts.U64, offset + TABLE, tableId);
    segment.set(Layouts.U32, offset + ORDINAL, ordinal);
    segment.set(Layouts.U32, offset + LENGTH, length);
  }

  boolean isBlock(long place, long tableId, int ordinal) {
    MemorySegment segment = segment(place);
    long offset = offset(place);
    return segment.get(Layouts.U64, offset + TABLE) == tableId
        && segment.get(Layouts.U32, offset + ORDINAL) == ordinal;
  }

  long tableId(long place) {
    return segment(place).get(Layouts.U64, offset(place) + TABLE);
  }

  int ordinal(long place) {
    return segment(place).get(Layouts.U32, offset(place) + ORDINAL);
  }

  int length(long place) {
    return segment(place).get(Layouts.U32, offset(place) + LENGTH) & LENGTH_MASK;
  }

  /// Marks the block as asked for. Racing marks write the same byte; a mark lost to a concurrent
  /// move costs the block at most one round.
  void markReferenced(long place) {
    MemorySegment segment = segment(place);
    long mark = offset(place) + REFERENCED;
    if (segment.get(Layouts.U8, mark) == 0) {
      segment.set(Layouts.U8, mark, (byte) 1);
    }
  }

  boolean isReferenced(long place) {
    return segment(place).get(Layouts.U8, offset(place) + REFERENCED) != 0;
  }
}
