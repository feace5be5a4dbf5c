package io.zapkv.engine.table;

import io.zapkv.engine.append.AppendStream;
import io.zapkv.engine.format.BlockDescriptor;
import io.zapkv.engine.format.BlockHandle;
import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.format.Varints;

/// Counts the device blocks a table takes, finished or not: the plan of a table without its bytes.
///
/// The writer does on one of these what it does to the chunks; asked whether an entry has room, it
/// copies the plan and plays the rest of the table on the copy.
///
/// ```
///   data chunks │ leaves: filter, index; filter, index; … │ index level 1 │ … │ root │ footer
/// ```
///
/// Each group begins with a new chunk, because an index holds addresses that must have landed.
///
/// **Threading.** One thread at a time.
final class TableRoom {
  /// Data blocks in one leaf at most: a leaf's filter and index are then some kilobytes each.
  static final int LEAF_BLOCKS_MAX = 128;

  /// Bytes of a filter at most, where a chunk does not set a lower bound.
  private static final int FILTER_BYTES_MAX = 32 << 10;

  /// Levels that no table reaches: even with three entries to a block they hold 3^20.
  private static final int LEVELS_MAX = 20;

  /// An index entry refers to one block, a leaf's to two: the leaf and its filter.
  static final int LEAF_ENTRY_BYTES = 2 * BlockHandle.BYTES;

  private final AppendStream stream;
  private final int indexBytesMax;
  private final int filterBytesMax;
  private final ChunkRoom data;
  private final ChunkRoom leaves;
  private final Level[] levels = new Level[LEVELS_MAX];

  private int leafBlocks;
  private int leafBytes;
  private int leafKeyLength;

  /// @param payloadBytes what a chunk holds before it is sent
  TableRoom(AppendStream stream, int payloadBytes) {
    this.stream = stream;
    this.indexBytesMax = payloadBytes - BlockDescriptor.TRAILER_BYTES;
    this.filterBytesMax = Math.min(FILTER_BYTES_MAX, indexBytesMax);
    this.data = new ChunkRoom(stream, payloadBytes);
    this.leaves = new ChunkRoom(stream, payloadBytes);
    for (int level = 0; level < LEVELS_MAX; level++) {
      levels[level] = new Level(new ChunkRoom(stream, payloadBytes));
    }
  }

  void copy(TableRoom other) {
    data.copy(other.data);
    leaves.copy(other.leaves);
    leafBlocks = other.leafBlocks;
    leafBytes = other.leafBytes;
    leafKeyLength = other.leafKeyLength;
    for (int level = 0; level < LEVELS_MAX; level++) {
      levels[level].copy(other.levels[level]);
    }
  }

  /// Bytes of an index block's entry, its restart included.
  static int indexEntryBytes(int keyLength, int valueLength) {
    return 1
        + Varints.length(keyLength)
        + Varints.length(valueLength)
        + keyLength
        + Trailer.BYTES
        + valueLength
        + Integer.BYTES;
  }

  ChunkRoom data() {
    return data;
  }

  ChunkRoom leaves() {
    return leaves;
  }

  /// Whether the leaf takes another data block, with a separator of this length and a filter that
  /// may come to this length.
  boolean leafTakes(int keyLength, int filterBytes) {
    return leafBlocks == 0
        || (leafBlocks < LEAF_BLOCKS_MAX
            && leafBytes + indexEntryBytes(keyLength, BlockHandle.BYTES) <= indexBytesMax
            && filterBytes <= filterBytesMax);
  }

  /// Opens a data block: its entry in the leaf's index.
  void openBlock(int keyLength) {
    if (leafBlocks == 0) {
      leafBytes = Integer.BYTES;
      leafKeyLength = keyLength;
    }
    leafBlocks++;
    leafBytes += indexEntryBytes(keyLength, BlockHandle.BYTES);
  }

  /// Closes the leaf; nothing where it is empty.
  void closeLeaf(int filterBytes) {
    if (leafBlocks > 0) {
      leaves.add(filterBytes);
      leaves.add(leafBytes);
      leafBlocks = 0;
      add(0, leafKeyLength, LEAF_ENTRY_BYTES);
    }
  }

  /// Whether an index block of `bytes` takes another entry of `entryBytes`.
  boolean indexTakes(int bytes, int entryBytes) {
    return bytes + entryBytes <= indexBytesMax;
  }

  /// Closes everything; returns the device blocks of the whole table. Requires: the leaf is closed.
  long finish(int footerBytes) {
    data.close();
    leaves.close();
    long blocks = data.closedBlocks() + leaves.closedBlocks() + stream.chunkBlocks(footerBytes);
    for (int level = 0; ; level++) {
      Level now = levels[level];
      boolean isRoot = now.closed == 0;
      if (isRoot) {
        now.chunks.add(now.bytes);
      } else {
        closeBlock(level);
      }
      now.chunks.close();
      blocks += now.chunks.closedBlocks();
      if (isRoot) {
        return blocks;
      }
    }
  }

  private void add(int level, int keyLength, int valueLength) {
    Level now = levels[level];
    int entry = indexEntryBytes(keyLength, valueLength);
    if (now.bytes > 0 && !indexTakes(now.bytes, entry)) {
      closeBlock(level);
    }
    if (now.bytes == 0) {
      now.bytes = Integer.BYTES;
      now.keyLength = keyLength;
    }
    now.bytes += entry;
  }

  private void closeBlock(int level) {
    Level now = levels[level];
    now.chunks.add(now.bytes);
    now.closed++;
    now.bytes = 0;
    add(level + 1, now.keyLength, BlockHandle.BYTES);
  }

  /// One level of index blocks: those that are closed, and the one that is open.
  private static final class Level {
    private final ChunkRoom chunks;
    private int closed;
    private int bytes;
    private int keyLength;

    Level(ChunkRoom chunks) {
      this.chunks = chunks;
    }

    void copy(Level other) {
      chunks.copy(other.chunks);
      closed = other.closed;
      bytes = other.bytes;
      keyLength = other.keyLength;
    }
  }
}
