package io.zapkv.engine.compaction;

import io.zapkv.engine.compaction.CompactionChoice.Input;
import io.zapkv.engine.compaction.CompactionChoice.Merge;
import io.zapkv.engine.compaction.CompactionChoice.Nothing;
import io.zapkv.engine.table.TableMeta;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Merges that go from left to right as far as there is room, where there is not enough for a table
/// with all that lies below it.
///
/// **Threading.** Of one choice, on one thread.
final class Slices {
  private static final Nothing NOTHING = new Nothing();

  private final Levels levels;
  private final long zoneBlocks;
  private final Refusals refusals;

  Slices(Levels levels, long zoneBlocks, Refusals refusals) {
    this.levels = levels;
    this.zoneBlocks = zoneBlocks;
    this.refusals = refusals;
  }

  /// A slice of the oldest tables of level 0, as many as their own room allows.
  CompactionChoice ofLevel0() {
    List<TableMeta> staying = new ArrayList<>();
    List<TableMeta> going = new ArrayList<>();
    for (TableMeta table : levels.tables(0).reversed()) {
      boolean joins =
          going.isEmpty()
              || (KeySpan.of(going).overlaps(KeySpan.of(table))
                  && sliceBlocks(going) + table.blocks() <= levels.roomBlocks());
      boolean mayGo = joins && !levels.isBusy(table) && !Levels.overlapsAny(table, staying);
      (mayGo ? going : staying).add(table);
    }
    return going.isEmpty() ? NOTHING : slice(0, going.reversed(), firstBelowLevel0());
  }

  /// The first level below level 0 that has tables.
  private int firstBelowLevel0() {
    int level = 1;
    while (level < Levels.LAST && levels.tables(level).isEmpty()) {
      level++;
    }
    return level;
  }

  /// A slice of one of `tables`: of one that is begun, if there is.
  CompactionChoice of(int level, List<TableMeta> tables) {
    List<TableMeta> begunFirst = new ArrayList<>(tables);
    begunFirst.sort(
        Comparator.comparing((TableMeta table) -> !table.isNarrowed())
            .thenComparingDouble(table -> levels.cost(table, level + 1)));
    for (TableMeta table : begunFirst) {
      if (!levels.isBusy(table)) {
        CompactionChoice slice = slice(level, List.of(table), level + 1);
        if (!(slice instanceof Nothing)) {
          return slice;
        }
      }
    }
    return NOTHING;
  }

  /// `tables` and what lies below them, merged from left to right as far as there is room.
  private CompactionChoice slice(int level, List<TableMeta> tables, int outputLevel) {
    KeySpan span = KeySpan.of(tables);
    List<TableMeta> below = levels.run(outputLevel).overlapping(span);
    boolean isBegun = tables.stream().anyMatch(TableMeta::isNarrowed);
    boolean fits = isBegun || sliceBlocks(tables) <= levels.roomBlocks();
    if (below.isEmpty()
        || !fits
        || !levels.isFree(below, outputLevel, span)
        || refusals.refusesNext()) {
      return NOTHING;
    }
    return new Merge(
        List.of(new Input(level, tables), new Input(outputLevel, below)),
        outputLevel,
        levels.roomBlocks(),
        false);
  }

  /// What a merge of `tables` takes at most before it has freed as much: all of them, and a table
  /// below of which not all is merged yet; and what is lost at the ends of new tables.
  private long sliceBlocks(List<TableMeta> tables) {
    return Levels.blocks(tables) + zoneBlocks + Math.max(4, zoneBlocks / 8);
  }

  /// All levels together, from left to right as far as there is room, if that frees more than it
  /// takes.
  CompactionChoice ofAll() {
    if (refusals.refusesNext()) {
      return NOTHING;
    }
    List<TableMeta> upper = new ArrayList<>();
    for (int level = 0; level < Levels.LAST; level++) {
      upper.addAll(levels.tables(level));
    }
    List<Input> inputs = new ArrayList<>();
    for (int level = 0; level <= Levels.LAST; level++) {
      List<TableMeta> tables =
          level < Levels.LAST
              ? levels.tables(level)
              : levels.run(level).overlapping(KeySpan.of(upper));
      if (!tables.isEmpty()) {
        inputs.add(new Input(level, tables));
      }
    }
    return new Merge(inputs, Levels.LAST, levels.roomBlocks(), true);
  }
}
