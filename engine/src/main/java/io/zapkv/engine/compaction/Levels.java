package io.zapkv.engine.compaction;

import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.version.Version;
import java.util.ArrayList;
import java.util.List;

/// The levels of a version as a choice looks at them: what overlaps what, what is busy, and what a
/// merge would cost.
///
/// **Threading.** Of one choice, on one thread.
final class Levels {
  static final int LAST = Version.LEVELS - 1;

  private final Version version;
  private final long roomBlocks;
  private final BusyTables busy;
  private final ZoneSharing sharing;
  private final List<SortedRun> runs = new ArrayList<>(); // level 0 stands in by an empty one

  /// @param roomBlocks that a merge may write before it frees any
  Levels(Version version, BusyTables busy, long roomBlocks) {
    this.version = version;
    this.roomBlocks = roomBlocks;
    this.busy = busy;
    this.sharing = new ZoneSharing(version);
    for (int level = 0; level < Version.LEVELS; level++) {
      runs.add(new SortedRun(level == 0 ? List.of() : version.tables(level)));
    }
  }

  List<TableMeta> tables(int level) {
    return version.tables(level);
  }

  /// A level below level 0 as a run of keys.
  SortedRun run(int level) {
    return runs.get(level);
  }

  long roomBlocks() {
    return roomBlocks;
  }

  /// Whether a merge works on it.
  boolean isBusy(TableMeta table) {
    return busy.holds(table);
  }

  /// Blocks rewritten below, and blocks that stay taken because another table lives in the same
  /// zone, for each block that leaves the level.
  double cost(TableMeta table, int outputLevel) {
    long rewritten = runs.get(outputLevel).overlappingBlocks(KeySpan.of(table));
    return (double) (rewritten + sharing.blocksStillHeld(table)) / table.blocks();
  }

  /// Whether merging `tables` of `level` into `outputLevel` touches nothing that is busy and has
  /// room.
  boolean isFeasible(int level, List<TableMeta> tables, int outputLevel) {
    List<TableMeta> below =
        level == outputLevel ? List.of() : runs.get(outputLevel).overlapping(KeySpan.of(tables));
    return blocks(tables) + blocks(below) <= roomBlocks
        && isFree(below, outputLevel, KeySpan.of(tables));
  }

  /// Whether nobody works on `tables`, or writes keys of theirs or of `span` to `outputLevel`.
  boolean isFree(List<TableMeta> tables, int outputLevel, KeySpan span) {
    KeySpan written = span;
    for (TableMeta table : tables) {
      if (busy.holds(table)) {
        return false;
      }
      written = written.with(KeySpan.of(table));
    }
    return !busy.writes(outputLevel, written);
  }

  /// Whether no level below `level` has any of these keys.
  boolean isBottom(int level, KeySpan span) {
    for (int deeper = level + 1; deeper < Version.LEVELS; deeper++) {
      if (runs.get(deeper).overlaps(span)) {
        return false;
      }
    }
    return true;
  }

  /// What lies below `level` under these keys.
  long grandparentBlocks(int level, KeySpan span) {
    return level == LAST ? 0 : runs.get(level + 1).overlappingBlocks(span);
  }

  /// Whether it shares keys with one of the others.
  static boolean overlapsAny(TableMeta table, List<TableMeta> others) {
    KeySpan span = KeySpan.of(table);
    for (TableMeta other : others) {
      if (span.overlaps(KeySpan.of(other))) {
        return true;
      }
    }
    return false;
  }

  /// Blocks of all of them.
  static long blocks(List<TableMeta> tables) {
    long blocks = 0;
    for (TableMeta table : tables) {
      blocks += table.blocks();
    }
    return blocks;
  }
}
