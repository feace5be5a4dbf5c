package io.zapkv.engine.compaction;

import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.version.VersionEdit;
import java.util.ArrayList;
import java.util.List;

/// What is to be done next to the tables.
public sealed interface CompactionChoice {
  /// Nothing is worth doing now.
  record Nothing() implements CompactionChoice {}

  /// A table goes one level down as it is: nothing is read or written but the manifest.
  ///
  /// @param table which
  /// @param from its level now
  /// @param to its level then
  record Move(TableMeta table, int from, int to) implements CompactionChoice {
    /// The edit that does it.
    public VersionEdit edit() {
      return new VersionEdit(
          List.of(new VersionEdit.Placed(to, table)),
          List.of(new VersionEdit.Removed(from, table.id())),
          List.of(),
          VersionEdit.UNCHANGED,
          VersionEdit.UNCHANGED);
    }
  }

  /// Tables are merged into new ones.
  ///
  /// Every table of the output level that overlaps what goes in goes in itself, and no table that
  /// stays behind at a level above holds older versions of its keys.
  ///
  /// @param inputs what goes in, the shallowest level first, each level once
  /// @param outputLevel where it comes out
  /// @param blocksMax what may come out before the merge ends early, behind a key: tables that go
  ///   in and reach beyond that key are narrowed to what is behind it. [#UNBOUNDED] where there is
  ///   room for all
  /// @param mustGain whether it is to have no effect unless the zones that it frees hold more than
  ///   what comes out
  record Merge(List<Input> inputs, int outputLevel, long blocksMax, boolean mustGain)
      implements CompactionChoice {
    /// There is room for all.
    public static final long UNBOUNDED = Long.MAX_VALUE;

    /// A merge of all that goes in.
    public Merge(List<Input> inputs, int outputLevel) {
      this(inputs, outputLevel, UNBOUNDED, false);
    }

    /// A merge, its list copied.
    public Merge {
      inputs = List.copyOf(inputs);
      assert !inputs.isEmpty() && inputs.getLast().level() <= outputLevel;
    }

    /// Whether it may end before all is merged.
    public boolean isBounded() {
      return blocksMax != UNBOUNDED;
    }

    /// All tables that go in, whatever their level.
    public List<TableMeta> tables() {
      List<TableMeta> tables = new ArrayList<>();
      for (Input input : inputs) {
        tables.addAll(input.tables());
      }
      return tables;
    }
  }

  /// Tables are written anew where they are, so that the zones they leave can be emptied: all of it
  /// takes effect at once.
  ///
  /// @param merges one for each piece of a level that is contiguous: nothing that stays lies
  ///   between two of its tables
  record Rewrite(List<Merge> merges) implements CompactionChoice {
    /// A rewrite, its list copied.
    public Rewrite {
      merges = List.copyOf(merges);
      assert !merges.isEmpty();
    }
  }

  /// Tables that hold only deletions of what is no more go away unread.
  ///
  /// @param level their level
  /// @param tables which
  record Drop(int level, List<TableMeta> tables) implements CompactionChoice {
    /// A drop, its list copied.
    public Drop {
      tables = List.copyOf(tables);
      assert !tables.isEmpty();
    }

    /// The edit that does it.
    public VersionEdit edit() {
      List<VersionEdit.Removed> removed = new ArrayList<>();
      for (TableMeta table : tables) {
        removed.add(new VersionEdit.Removed(level, table.id()));
      }
      return new VersionEdit(
          List.of(), removed, List.of(), VersionEdit.UNCHANGED, VersionEdit.UNCHANGED);
    }
  }

  /// Tables of one level that go into a merge.
  ///
  /// @param level where they are
  /// @param tables in the version's order: newest first at level 0, else by key
  record Input(int level, List<TableMeta> tables) {
    /// An input, its list copied.
    public Input {
      tables = List.copyOf(tables);
    }
  }
}
