package io.zapkv.engine.cache;

import io.zapkv.engine.base.EpochGate;
import io.zapkv.engine.base.MemoryBudget;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLongArray;

/// Uncompressed blocks of tables in off-heap memory, scan resistant.
///
/// ```
///   place = find(table, ordinal)          -1: read the block, then insert it
///   segment(place), offset(place)         the block's bytes, until the caller leaves the read gate
/// ```
///
/// A block never changes and a table's id is never used again, so nothing is ever invalidated:
/// blocks of a dropped table are asked for no more and flow out.
///
/// **Threading.** Any thread, inside the read gate for [#find], the use of what it found, and
/// [#insert]. Lookups take no lock; an insert that finds its shard busy does nothing. [#resize] and
/// [#close] wait for locks: not for visitors of the gate.
///
/// **Memory.** Segments of 64 KiB to 1 MiB, charged to the budget as they are taken, which is when
/// blocks come. A lookup allocates nothing.
///
/// **Bounds.** [#capacityBytes], and what a reader who has not left yet keeps from being freed
/// after [#resize]. A block larger than a segment is not cached.
public final class BlockCache implements AutoCloseable {
  /// No such block.
  public static final long NOT_CACHED = CacheMemory.NOWHERE;

  /// One slot of the index, 8 bytes, for so many bytes of blocks: a quarter full at 4 KiB each.
  static final int BYTES_PER_SLOT = 1024;

  private static final int SHARDS_MAX = 16;
  private static final int SEGMENTS_PER_SHARD = 32;
  private static final int SEGMENT_BYTES_MIN = 64 << 10;
  private static final int SEGMENTS_WANTED = 256;

  private static final int COUNTERS = 16;
  private static final int LINE_LONGS = 16;

  private final EpochGate gate;
  private final CacheMemory memory;
  private final CacheShard[] shards;
  private final int shardShift;
  private final int segmentsMax;
  private final AtomicLongArray hits = new AtomicLongArray(COUNTERS * LINE_LONGS);
  private final AtomicLongArray misses = new AtomicLongArray(COUNTERS * LINE_LONGS);
  private volatile long capacityBytes;

  /// A cache that can be resized up to `bytesMax` and begins with that; less than six segments of
  /// 64 KiB are no cache, all blocks are then refused.
  ///
  /// @param gate the read gate that all who look things up are inside of
  public BlockCache(long bytesMax, EpochGate gate, MemoryBudget budget) {
    int segmentBytes =
        Math.clamp(
            Long.highestOneBit(bytesMax / SEGMENTS_WANTED),
            SEGMENT_BYTES_MIN,
            CacheMemory.SEGMENT_BYTES_MAX);
    segmentsMax = (int) Math.min(bytesMax / segmentBytes, CacheMemory.SEGMENTS_MAX);
    int shardCount =
        Math.clamp(Integer.highestOneBit(segmentsMax / SEGMENTS_PER_SHARD), 1, SHARDS_MAX);
    this.gate = gate;
    memory = new CacheMemory(segmentBytes, segmentsMax, budget);
    shards = new CacheShard[shardCount];
    for (int i = 0; i < shardCount; i++) {
      shards[i] = new CacheShard(memory, gate, bytesMax / shardCount, segmentsMax / shardCount);
    }
    shardShift = Long.SIZE - Integer.numberOfTrailingZeros(shardCount);
    capacityBytes = bytesMax;
  }

  /// The read gate: who looks blocks up is inside.
  public EpochGate gate() {
    return gate;
  }

  /// The place of a block, or [#NOT_CACHED].
  public long find(long tableId, int ordinal) {
    long hash = hash(tableId, ordinal);
    long place = shard(hash).find(hash, tableId, ordinal);
    AtomicLongArray counters = place == NOT_CACHED ? misses : hits;
    int counter = ((int) Thread.currentThread().threadId() & (COUNTERS - 1)) * LINE_LONGS;
    counters.setOpaque(counter, counters.getOpaque(counter) + 1);
    return place;
  }

  /// The memory that the block at `place` lies in.
  public MemorySegment segment(long place) {
    return memory.segment(place);
  }

  /// Where in its segment the block begins: at a cache line.
  public static long offset(long place) {
    return CacheMemory.offset(place);
  }

  /// Copies a block in.
  ///
  /// @return false where it is not cached, because it is too large or because making room would
  ///   mean to wait; the caller goes on with its own copy
  public boolean insert(
      long tableId, int ordinal, MemorySegment block, long offset, int lengthBytes) {
    long hash = hash(tableId, ordinal);
    return shard(hash).insert(hash, tableId, ordinal, block, offset, lengthBytes);
  }

  /// The most bytes to hold.
  public long capacityBytes() {
    return capacityBytes;
  }

  /// Changes the most bytes to hold; more than the cache was made with counts as that. Memory
  /// beyond it is freed as soon as nobody can look at it any more, at the latest by the next call
  /// after.
  public void resize(long bytes) {
    int segments = Math.clamp(bytes / memory.segmentBytes(), 0, segmentsMax);
    for (CacheShard shard : shards) {
      shard.resize(segments / shards.length);
    }
    capacityBytes = bytes;
  }

  /// Counts since the cache was made.
  public CacheStats stats() {
    CacheStats sum = new CacheStats(total(hits), total(misses), 0, 0, 0);
    for (CacheShard shard : shards) {
      sum = shard.addTo(sum);
    }
    return sum;
  }

  /// Frees all memory. Requires: nobody is inside, and nobody comes.
  @Override
  public void close() {
    memory.close();
  }

  static long hash(long tableId, int ordinal) {
    long mixed = (tableId << 24 ^ ordinal) * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ mixed >>> 32) * 0xC2B2AE3D27D4EB4FL;
    return mixed ^ mixed >>> 29;
  }

  private CacheShard shard(long hash) {
    return shards.length == 1 ? shards[0] : shards[(int) (hash >>> shardShift)];
  }

  private static long total(AtomicLongArray counters) {
    long total = 0;
    for (int i = 0; i < COUNTERS; i++) {
      total += counters.getOpaque(i * LINE_LONGS);
    }
    return total;
  }
}
