package io.zapkv.engine.core;

import io.zapkv.engine.memtable.MemTable;
import io.zapkv.engine.version.VersionEdit;
import java.util.concurrent.atomic.AtomicLong;

/// What background work has done since the store was opened.
///
/// **Threading.** Any thread.
final class BackgroundCounts {
  private final AtomicLong merges = new AtomicLong();
  private final AtomicLong moves = new AtomicLong();
  private final AtomicLong mergedBlocks = new AtomicLong();
  private volatile Flushed flushed = new Flushed(0, 0, 0, 0);

  /// What memtables held that were flushed.
  ///
  /// @param upTo where they end: who adds memtables to this leaves out those that begin below
  record Flushed(long tables, long operations, long userBytes, long upTo) {}

  /// A memtable with these contents that ends at `upTo` is being flushed. Told before the edit, so
  /// that who looks meanwhile counts it once, here or in memory; told by one thread.
  ///
  /// @return what was before, for [#notFlushed]
  Flushed flushed(MemTable.Contents contents, long upTo) {
    Flushed before = flushed;
    flushed =
        new Flushed(
            before.tables() + 1,
            before.operations() + contents.operations(),
            before.userBytes() + contents.userBytes(),
            upTo);
    return before;
  }

  /// The edit failed.
  void notFlushed(Flushed before) {
    flushed = before;
  }

  /// To be asked after the version was held that is counted with it.
  Flushed flushed() {
    return flushed;
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

  long merges() {
    return merges.get();
  }

  long moves() {
    return moves.get();
  }

  long mergedBlocks() {
    return mergedBlocks.get();
  }
}
