package io.zapkv.engine.compaction;

import io.zapkv.engine.base.Keys;
import io.zapkv.engine.table.TableMeta;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Counts how much of the level below the output an output table spans, for keys in ascending
/// order, so that it can be cut before merging it further down becomes too long.
///
/// **Threading.** One thread.
final class Grandparents {
  private final List<TableMeta> tables;
  private final long spannedBlocksMax;
  private int place;
  private long boundaryPrefix; // of the largest key of the table at `place`
  private long spannedBlocks;

  Grandparents(List<TableMeta> tables, long spannedBlocksMax) {
    this.tables = tables;
    this.spannedBlocksMax = spannedBlocksMax;
    loadBoundary();
  }

  /// Counts the tables that lie before `key` and after the keys seen so far.
  ///
  /// @return whether an output that began at [#restart] should not take `key` any more
  boolean isTooWide(MemorySegment key, long keyOffset, int keyLength) {
    long prefix = Keys.prefix8(key, keyOffset, keyLength);
    while (place < tables.size()
        && Long.compareUnsigned(prefix, boundaryPrefix) >= 0
        && isPast(key, keyOffset, keyLength)) {
      spannedBlocks += tables.get(place).blocks();
      place++;
      loadBoundary();
    }
    return spannedBlocks > spannedBlocksMax;
  }

  /// Begins to count for a new output.
  void restart() {
    spannedBlocks = 0;
  }

  private boolean isPast(MemorySegment key, long keyOffset, int keyLength) {
    byte[] largest = tables.get(place).largest();
    return Keys.compare(largest, key, keyOffset, keyLength) < 0;
  }

  private void loadBoundary() {
    if (place < tables.size()) {
      boundaryPrefix = Keys.prefix8(tables.get(place).largest());
    }
  }
}
