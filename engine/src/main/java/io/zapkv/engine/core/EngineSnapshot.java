package io.zapkv.engine.core;

import io.zapkv.api.Snapshot;
import io.zapkv.engine.write.SnapshotList;
import java.util.concurrent.atomic.AtomicBoolean;

/// A moment that a caller holds: its sequence, kept in the list that compaction asks.
final class EngineSnapshot implements Snapshot {
  private final SnapshotList owner;
  private final long sequence;
  private final AtomicBoolean closed = new AtomicBoolean();

  EngineSnapshot(SnapshotList owner, long sequence) {
    this.owner = owner;
    this.sequence = sequence;
  }

  @Override
  public long sequence() {
    return sequence;
  }

  /// The sequence to read at, for a read of the store that `owner` belongs to.
  ///
  /// @throws IllegalArgumentException where it was closed, or belongs to another store
  long sequenceFor(SnapshotList reader) {
    if (reader != owner) {
      throw new IllegalArgumentException("the snapshot is of another store");
    }
    if (closed.get()) {
      throw new IllegalArgumentException("the snapshot is closed");
    }
    return sequence;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      owner.release(sequence);
    }
  }
}
