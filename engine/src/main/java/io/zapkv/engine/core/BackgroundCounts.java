package io.zapkv.engine.core;

import io.zapkv.engine.memtable.MemTable;
import io.zapkv.engine.version.VersionEdit;
import java.util.concurrent.atomic.AtomicLong;

/// What background work has done since the store was opened.
///
/// **Threading.** Any thread.
final class BackgroundCounts {
  private final AtomicLong flushes = new AtomicLong();
  private final AtomicLong merges = new AtomicLong();
  private final AtomicLong moves = new AtomicLong();
  private final AtomicLong mergedBlocks = new AtomicLong();
  private final AtomicLong userBytes = new AtomicLong();
  private final AtomicLong operations = new AtomicLong();

  /// A memtable with these contents was flushed.
  void flushed(MemTable.Contents contents) {
    flushes.incrementAndGet();
    operations.addAndGet(contents.operations());
    userBytes.addAndGet(contents.userBytes());
  }

  /// A merge was committed.
  void merged(VersionEdit edit) {
    merges.incrementAndGet();
    for (VersionEdit.Placed placed : edit.added()) {
      mergedBlocks.addAndGet(placed.table().blocks());
    }
  }

  /// A table changed level without being written.
  void moved() {
    moves.incrementAndGet();
  }

  long flushes() {
    return flushes.get();
  }

  long merges() {
    return merges.get();
  }

  long moves() {
    return moves.get();
  }

  long mergedBlocks() {
    return mergedBlocks.get();
  }

  /// Operations in memtables already flushed.
  long flushedOperations() {
    return operations.get();
  }

  /// Keys and values in memtables already flushed.
  long flushedUserBytes() {
    return userBytes.get();
  }
}
