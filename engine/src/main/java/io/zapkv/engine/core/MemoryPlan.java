package io.zapkv.engine.core;

import io.zapkv.api.StoreOptions;

/// How the one memory budget is shared out: memtables first, buffers, and the block cache gets what
/// is left.
///
/// @param memTablesMax memtables there may be at once, the active one among them
/// @param memTableBytes what one takes with its index
/// @param cacheBytesMax what the block cache may grow to
record MemoryPlan(int memTablesMax, long memTableBytes, long cacheBytesMax) {
  private static final int MEMTABLES_MIN = 2;

  /// More would only let a burst last longer, and make reads look into more of them.
  private static final int MEMTABLES_MAX = 4;

  /// Append buffers of the log, the flush and the compaction lane, and blocks of cursors.
  private static final long BUFFER_BYTES = 4L << 20;

  /// The plan for `options`.
  static MemoryPlan of(StoreOptions options) {
    long budget = options.memoryBudgetBytes();
    long memTable = options.memtableBytes() + options.memtableBytes() / 8; // its hash index
    int count = Math.clamp(budget / 2 / memTable, MEMTABLES_MIN, MEMTABLES_MAX);
    long spare = options.memtableBytes(); // the memory of the next one, ready
    long left = budget - BUFFER_BYTES - count * memTable - spare;
    return new MemoryPlan(count, memTable, Math.max(0, left));
  }

  /// From how many bytes of records on writers are slowed down. With two memtables that is while
  /// the first is flushed, else only when flushing has fallen behind.
  long slowBytes(StoreOptions options) {
    return (memTablesMax == MEMTABLES_MIN ? 1 : 2) * options.memtableBytes();
  }

  /// From how many on they wait.
  long stopBytes(StoreOptions options) {
    return memTablesMax * options.memtableBytes();
  }
}
