package io.zapkv.engine.table;

import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.BlockHandle;
import io.zapkv.engine.format.Layouts;
import io.zapkv.engine.format.Trailer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// All leaves of a table with their separators, off heap for as long as the table is open: the
/// levels above the leaves, flattened.
///
/// ```
///   prefixes   u64[leaves]
///   records    64 bytes each: key offset u64, trailer u64, leaf handle, filter handle
///   keys       the separators, back to back
/// ```
///
/// **Threading.** Immutable once built.
///
/// **Memory.** One arena; 72 bytes and a separator for each leaf, which is some thousands of
/// entries.
final class TableIndex {
  /* A binary search over separators costs a cache miss or two a step. So the search runs over
   * eight bytes of each, side by side; whole keys are compared only where these are equal. Keys of
   * one table often begin alike, so the eight bytes are taken from behind what all separators have
   * in common. The first separator is not looked at: whatever is before the second is in the first
   * leaf.
   */
  private static final int RECORD_BYTES = 64;
  private static final int TRAILER_OFFSET = 8;
  private static final int LEAF_OFFSET = 16;
  private static final int FILTER_OFFSET = LEAF_OFFSET + BlockHandle.BYTES;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;
  private final int leaves;
  private final long recordsOffset;
  private final int common;

  /// An index over `entries`, at least one.
  TableIndex(List<Leaf> entries) {
    leaves = entries.size();
    recordsOffset = ((long) leaves * Long.BYTES + RECORD_BYTES - 1) & -RECORD_BYTES;
    long keysOffset = recordsOffset + (long) leaves * RECORD_BYTES;
    long bytes = keysOffset;
    for (Leaf entry : entries) {
      bytes += entry.key.byteSize();
    }
    memory = arena.allocate(bytes, RECORD_BYTES);
    long keyOffset = keysOffset;
    for (int leaf = 0; leaf < leaves; leaf++) {
      Leaf entry = entries.get(leaf);
      long record = record(leaf);
      memory.set(Layouts.U64, record, keyOffset);
      memory.set(Layouts.U64, record + TRAILER_OFFSET, entry.trailer);
      entry.leaf.write(memory, record + LEAF_OFFSET);
      entry.filter.write(memory, record + FILTER_OFFSET);
      MemorySegment.copy(entry.key, 0, memory, keyOffset, entry.key.byteSize());
      keyOffset += entry.key.byteSize();
    }
    common = leaves < 3 ? 0 : commonOf(1, leaves - 1);
    for (int leaf = 1; leaf < leaves; leaf++) {
      memory.setAtIndex(
          ValueLayout.JAVA_LONG,
          leaf,
          Keys.prefix8(memory, keyOffset(leaf) + common, keyLength(leaf) - common));
    }
  }

  int leaves() {
    return leaves;
  }

  long heldBytes() {
    return memory.byteSize();
  }

  /// The memory that [#leafHandle], [#filterHandle] and [#keyOffset] count in.
  MemorySegment memory() {
    return memory;
  }

  long leafHandle(int leaf) {
    return record(leaf) + LEAF_OFFSET;
  }

  long filterHandle(int leaf) {
    return record(leaf) + FILTER_OFFSET;
  }

  /// The leaf that has the first entry at or after (`key`, `sequence`), unless that is the first of
  /// the leaf behind.
  int floor(MemorySegment key, long keyOffset, int keyLength, long sequence) {
    if (leaves == 1) {
      return 0;
    }
    int order =
        Keys.compare(key, keyOffset, Math.min(keyLength, common), memory, keyOffset(1), common);
    if (order != 0) {
      return order < 0 ? 0 : leaves - 1;
    }
    long prefix = Keys.prefix8(key, keyOffset + common, keyLength - common);
    int low = 1; // below it: at or before the bound
    int high = leaves; // from it on: after
    while (low < high) {
      int middle = (low + high) >>> 1;
      long other = memory.getAtIndex(ValueLayout.JAVA_LONG, middle);
      if (other == prefix
          ? compare(middle, key, keyOffset, keyLength, sequence) <= 0
          : Long.compareUnsigned(other, prefix) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /// Compares the separator of `leaf` with a bound.
  int compare(int leaf, MemorySegment key, long keyOffset, int keyLength, long sequence) {
    int order = Keys.compare(memory, keyOffset(leaf), keyLength(leaf), key, keyOffset, keyLength);
    return order != 0
        ? order
        : Long.compare(
            sequence, Trailer.sequence(memory.get(Layouts.U64, record(leaf) + TRAILER_OFFSET)));
  }

  /// Frees the memory. Requires: nobody looks at it any more.
  void close() {
    arena.close();
  }

  private int commonOf(int first, int last) {
    // Sorted keys have in common what the first and the last have.
    return Keys.commonPrefix(
        memory, keyOffset(first), keyLength(first), memory, keyOffset(last), keyLength(last));
  }

  private long record(int leaf) {
    return recordsOffset + (long) leaf * RECORD_BYTES;
  }

  private long keyOffset(int leaf) {
    return memory.get(Layouts.U64, record(leaf));
  }

  private int keyLength(int leaf) {
    long end = leaf + 1 < leaves ? keyOffset(leaf + 1) : memory.byteSize();
    return (int) (end - keyOffset(leaf));
  }

  /// One leaf as an index block of the level above says.
  ///
  /// @param key the separator's key
  /// @param trailer the separator's trailer
  /// @param leaf the leaf's index block
  /// @param filter the leaf's filter
  record Leaf(MemorySegment key, long trailer, BlockHandle leaf, BlockHandle filter) {}
}
