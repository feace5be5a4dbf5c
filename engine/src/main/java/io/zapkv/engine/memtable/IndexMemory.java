package io.zapkv.engine.memtable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The memory of a memtable's hash index: made apart from the table, since zeroing some megabytes
/// takes longer than a writer who meets a full memtable should wait.
///
/// **Threading.** Made by one thread, given to one [MemTable], which closes it.
public final class IndexMemory implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment slots;

  private IndexMemory(long expectedRecords) {
    long bytes = HashIndex.bytesFor(expectedRecords);
    slots = arena.allocate(bytes, HashIndex.LINE_BYTES);
  }

  /// Memory for about `expectedRecords` records and some more.
  public static IndexMemory of(long expectedRecords) {
    return new IndexMemory(expectedRecords);
  }

  MemorySegment slots() {
    return slots;
  }

  @Override
  public void close() {
    arena.close();
  }
}
