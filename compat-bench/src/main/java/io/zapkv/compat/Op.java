package io.zapkv.compat;

import io.zapkv.api.KeyRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One step of a script, on any store.
public sealed interface Op {
  /// A change: what a batch is made of.
  sealed interface Change extends Op permits Put, Delete {}

  /// Sets a key.
  record Put(Data key, Data value) implements Change {}

  /// Removes a key.
  record Delete(Data key) implements Change {}

  /// Does several changes at once.
  record Batch(List<Change> changes) implements Op {
    /// Keeps a copy.
    public Batch {
      changes = List.copyOf(changes);
    }
  }

  /// A change by another of the methods that do the same than the plain one, which takes arrays and
  /// leaves the durability to the store's options.
  ///
  /// @param change a put or a batch
  record With(Way way, Op change) implements Op {
    /// Checks that there is such a method.
    public With {
      if (!(change instanceof Put || (change instanceof Batch && way != Way.SEGMENTS))) {
        throw new IllegalArgumentException(way + " goes not with " + change);
      }
    }
  }

  /// What a method does otherwise than the plain one.
  enum Way {
    /// Says BUFFERED.
    BUFFERED,
    /// Says DURABLE.
    DURABLE,
    /// Takes memory segments.
    SEGMENTS
  }

  /// Reads a key, into an array and, where it is read as of now, into a segment.
  ///
  /// @param snapshot number of the snapshot to read at, or null for now
  record Get(Data key, @Nullable Integer snapshot) implements Op {}

  /// Takes a snapshot, in place of an older one of that number.
  record Take(int snapshot) implements Op {}

  /// Lets a snapshot go.
  record Release(int snapshot) implements Op {}

  /// Opens a cursor, moves it, and reads where it stands after each move.
  ///
  /// @param from the first key of its range, or null
  /// @param to the first key after its range, or null
  /// @param snapshot number of the snapshot to read at, or null for now
  record Walk(@Nullable Data from, @Nullable Data to, @Nullable Integer snapshot, List<Move> moves)
      implements Op {
    /// Keeps a copy.
    public Walk {
      moves = List.copyOf(moves);
    }

    /// The range it is bound to.
    public KeyRange range() {
      return Op.range(from, to);
    }
  }

  /// Opens a cursor and keeps it, in place of an older one of that number.
  ///
  /// @param from the first key of its range, or null
  /// @param to the first key after its range, or null
  /// @param snapshot number of the snapshot to read at, or null for now
  record Hold(int cursor, @Nullable Data from, @Nullable Data to, @Nullable Integer snapshot)
      implements Op {
    /// The range it is bound to.
    public KeyRange range() {
      return Op.range(from, to);
    }
  }

  /// Moves a cursor that is kept, and reads where it stands after each move.
  record Step(int cursor, List<Move> moves) implements Op {
    /// Keeps a copy.
    public Step {
      moves = List.copyOf(moves);
    }
  }

  /// Lets a cursor go.
  record Drop(int cursor) implements Op {}

  /// Writes memory to tables.
  record Flush() implements Op {}

  /// Merges everything.
  record Compact() implements Op {}

  /// Closes the store and opens it again; snapshots and cursors are gone.
  record Reopen() implements Op {}

  /// One move of a cursor. A step from an invalid place stays there.
  sealed interface Move {
    /// To the first key.
    record First() implements Move {}

    /// To the last key.
    record Last() implements Move {}

    /// One up.
    record Next() implements Move {}

    /// One down.
    record Prev() implements Move {}

    /// To the first key at or after one.
    record Seek(Data key) implements Move {}

    /// To the last key at or before one.
    record SeekForPrev(Data key) implements Move {}
  }

  private static KeyRange range(@Nullable Data from, @Nullable Data to) {
    return KeyRange.of(from == null ? null : from.bytes(), to == null ? null : to.bytes());
  }
}
