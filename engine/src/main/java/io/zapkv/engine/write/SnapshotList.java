package io.zapkv.engine.write;

import io.zapkv.engine.base.Invariants;
import io.zapkv.engine.format.Trailer;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// The sequences that somebody reads at, hence what a compaction must not take away.
///
/// **Threading.** Any thread; a short lock.
///
/// **Bounds.** A release costs a search and a move of what is newer: meant for thousands, not
/// millions.
public final class SnapshotList {
  private final ReentrantLock lock = new ReentrantLock();
  private long[] sequences = new long[8]; // ascending; a sequence taken twice stands here twice
  private int count;

  /// A list without snapshots.
  public SnapshotList() {}

  /// Adds a snapshot of now.
  ///
  /// @param now asked under the lock, so that a [#sorted] at the same moment either holds the
  ///   snapshot or came before everything that the snapshot does not see; never goes back
  /// @return the sequence it reads at, to be given to [#release]
  public long acquire(LongSupplier now) {
    lock.lock();
    try {
      long sequence = now.getAsLong();
      Invariants.check(
          count == 0 || sequences[count - 1] <= sequence, "the sequence of now never goes back");
      if (count == sequences.length) {
        sequences = Arrays.copyOf(sequences, 2 * count);
      }
      sequences[count++] = sequence;
      return sequence;
    } finally {
      lock.unlock();
    }
  }

  /// Removes one snapshot that reads at `sequence`.
  public void release(long sequence) {
    lock.lock();
    try {
      int place = Arrays.binarySearch(sequences, 0, count, sequence);
      Invariants.check(place >= 0, "a snapshot is released that was not acquired");
      count--;
      System.arraycopy(sequences, place + 1, sequences, place, count - place);
    } finally {
      lock.unlock();
    }
  }

  /// The sequences that are read at, ascending, each once.
  public long[] sorted() {
    lock.lock();
    try {
      long[] distinct = new long[count];
      int size = 0;
      for (int i = 0; i < count; i++) {
        if (size == 0 || distinct[size - 1] != sequences[i]) {
          distinct[size++] = sequences[i];
        }
      }
      return Arrays.copyOf(distinct, size);
    } finally {
      lock.unlock();
    }
  }

  /// The oldest sequence that is read at; the greatest there is when nobody reads the past.
  public long oldest() {
    lock.lock();
    try {
      return count == 0 ? Trailer.SEQUENCE_MAX : sequences[0];
    } finally {
      lock.unlock();
    }
  }

  /// How many snapshots there are.
  public int count() {
    lock.lock();
    try {
      return count;
    } finally {
      lock.unlock();
    }
  }
}
