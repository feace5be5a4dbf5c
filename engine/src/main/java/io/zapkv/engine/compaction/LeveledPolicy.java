package io.zapkv.engine.compaction;

import io.zapkv.engine.compaction.CompactionChoice.Drop;
import io.zapkv.engine.compaction.CompactionChoice.Input;
import io.zapkv.engine.compaction.CompactionChoice.Merge;
import io.zapkv.engine.compaction.CompactionChoice.Move;
import io.zapkv.engine.compaction.CompactionChoice.Nothing;
import io.zapkv.engine.compaction.CompactionChoice.Rewrite;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.version.Version;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/// Chooses what to compact next, in leveled shape, as a pure function.
///
/// In this order:
///
/// 1. tables that hold nothing but deletions of nothing are dropped;
/// 2. a wish to compact everything, unless level 0 has fallen behind;
/// 3. the level that is most above its target: level 0 from its oldest table on, a deeper level by
///    the table that costs least to push down;
/// 4. tables that are mostly deletions.
///
/// A table without anything below it is moved instead of rewritten. Where the room is too small for
/// a table with all that lies below it, it is merged from left to right, a slice at a time: what
/// was merged of it counts no more, while it keeps its room until its end is reached.
///
/// ```
///   level 0   ▒▒▒▒▒▒▒▒▒▒▒▒▒████████████████████   narrowed to what is not merged yet
///   below     [ new ][ new ][  T3  ][  T4  ]     T1 and T2 are gone: their zones are free
/// ```
///
/// So a merge needs room for the table itself and for one of those below, however many these are.
/// Where there is not even that much, all levels are merged from left to right as far as deletions
/// make up for what comes out.
///
/// Where zones are short, tables are also written anew to empty zones of which much is dead, see
/// [SparseZones]: before anything is merged where merges have hardly a zone left, after it else.
///
/// **Threading.** Immutable; any thread.
public final class LeveledPolicy {
  /// A table may overlap this many zones' worth of tables two levels down, or else merging it later
  /// would be one very long merge.
  static final int GRANDPARENT_ZONES_MAX = 20;

  /// A rewrite is worth its writing where it gains this part of a zone.
  private static final int GAIN_PART = 8;

  /// Before merges, which make room, too, it must gain more.
  private static final int PRESSING_GAIN_PART = 4;

  private static final int LAST = Levels.LAST;
  private static final Nothing NOTHING = new Nothing();

  private final long zoneBlocks;

  /// A policy for zones that hold `zoneBlocks` blocks.
  public LeveledPolicy(long zoneBlocks) {
    this.zoneBlocks = zoneBlocks;
  }

  /// What to do next in `version`.
  public CompactionChoice choose(Version version, CompactionState state, LevelTargets targets) {
    return new Choosing(version, state, targets, zoneBlocks).choose();
  }

  /// One choice being made: what it is made from, and what was worked out on the way.
  private static final class Choosing {
    private final Version version;
    private final CompactionState state;
    private final LevelTargets targets;
    private final long zoneBlocks;
    private final Levels levels;
    private final Refusals refusals;
    private final Slices slices;

    Choosing(Version version, CompactionState state, LevelTargets targets, long zoneBlocks) {
      this.version = version;
      this.state = state;
      this.targets = targets;
      this.zoneBlocks = zoneBlocks;
      this.levels = new Levels(version, new BusyTables(state.running()), state.roomBlocks());
      this.refusals = new Refusals(state.refused());
      this.slices = new Slices(levels, zoneBlocks, refusals);
    }

    CompactionChoice choose() {
      CompactionChoice choice = drop();
      if (choice instanceof Nothing) {
        choice = joinLevel0();
      }
      if (choice instanceof Nothing && state.tight() != null && state.tight().isPressing()) {
        choice = rewrite(zoneBlocks / PRESSING_GAIN_PART + SparseZones.TABLE_BLOCKS);
      }
      boolean level0Behind = version.tables(0).size() >= 2 * LevelTargets.LEVEL0_TRIGGER;
      if (choice instanceof Nothing && !level0Behind) {
        choice = towardsFull();
      }
      if (choice instanceof Nothing) {
        choice = byScore();
      }
      if (choice instanceof Nothing && level0Behind) {
        choice = towardsFull();
      }
      if (choice instanceof Nothing) {
        choice = byDeletions();
      }
      if (choice instanceof Nothing) {
        choice = rewrite(zoneBlocks / GAIN_PART + SparseZones.TABLE_BLOCKS);
      }
      return choice instanceof Nothing && isWishOpen() ? slices.ofAll() : choice;
    }

    /// Where zones are short, small tables of level 0 do not take them.
    private CompactionChoice joinLevel0() {
      CompactionState.Tight tight = state.tight();
      if (tight == null || state.full() == null || !state.running().isEmpty()) {
        return NOTHING;
      }
      for (Rewrite join : Level0Joins.joins(version.tables(0), tight, zoneBlocks)) {
        if (!refusals.refusesNext()) {
          return join;
        }
      }
      return NOTHING;
    }

    /// Zones of which much is dead are emptied, where they are short and somebody wants room.
    private CompactionChoice rewrite(long gainBlocks) {
      CompactionState.Tight tight = state.tight();
      if (tight == null || state.full() == null || !state.running().isEmpty()) {
        return NOTHING;
      }
      for (Rewrite rewrite : new SparseZones(version, tight, zoneBlocks).rewrites(gainBlocks)) {
        if (!refusals.refusesNext()) {
          return rewrite;
        }
      }
      return NOTHING;
    }

    // ---- what to look at

    private CompactionChoice drop() {
      for (int level = 1; level < Version.LEVELS; level++) {
        List<TableMeta> useless = new ArrayList<>();
        for (TableMeta table : version.tables(level)) {
          if (table.deletions() == table.entries()
              && !levels.isBusy(table)
              && levels.isBottom(level, KeySpan.of(table))) {
            useless.add(table);
          }
        }
        if (!useless.isEmpty()) {
          return new Drop(level, useless);
        }
      }
      return NOTHING;
    }

    private CompactionChoice byScore() {
      double[] scores = new double[LAST];
      List<Integer> pressing = new ArrayList<>();
      for (int level = 0; level < LAST; level++) {
        int tables = 0;
        long blocks = 0;
        for (TableMeta table : version.tables(level)) {
          if (!levels.isBusy(table)) {
            tables++;
            blocks += table.blocks();
          }
        }
        scores[level] = targets.score(level, tables, blocks);
        if (scores[level] >= 1) {
          pressing.add(level);
        }
      }
      pressing.sort(Comparator.comparingDouble((Integer level) -> -scores[level]));
      for (int level : pressing) {
        CompactionChoice choice = level == 0 ? level0() : cheapest(level, version.tables(level));
        if (!(choice instanceof Nothing)) {
          return choice;
        }
      }
      return NOTHING;
    }

    /// The shallowest level first, so that little is written twice; where there is no room for
    /// that, slices, the deepest level first, since each of these frees room for the next.
    private CompactionChoice towardsFull() {
      if (state.full() == null) {
        return NOTHING;
      }
      for (int level = 0; level < Version.LEVELS; level++) {
        List<TableMeta> concerned = concerned(level);
        CompactionChoice choice =
            concerned.isEmpty() ? NOTHING : level == 0 ? level0() : cheapest(level, concerned);
        if (!(choice instanceof Nothing)) {
          return choice;
        }
      }
      for (int level = LAST - 1; level >= 0; level--) {
        List<TableMeta> concerned = concerned(level);
        CompactionChoice slice =
            concerned.isEmpty()
                ? NOTHING
                : level == 0 ? slices.ofLevel0() : slices.of(level, concerned);
        if (!(slice instanceof Nothing)) {
          return slice;
        }
      }
      return NOTHING;
    }

    /// Whether everything is to be merged, something is left to do, and nobody is at it.
    private boolean isWishOpen() {
      boolean isOpen = false;
      for (int level = 0; state.full() != null && level < LAST; level++) {
        isOpen |= !concerned(level).isEmpty();
      }
      return isOpen && state.running().isEmpty();
    }

    private List<TableMeta> concerned(int level) {
      FullCompaction full = Objects.requireNonNull(state.full());
      return version.tables(level).stream().filter(table -> full.concerns(level, table)).toList();
    }

    private CompactionChoice byDeletions() {
      for (int level = 1; level < Version.LEVELS; level++) {
        List<TableMeta> mostlyDeletions = new ArrayList<>();
        for (TableMeta table : version.tables(level)) {
          // A deletion newer than the oldest snapshot cannot go yet: rewriting would be for
          // nothing.
          if (2 * table.deletions() >= table.entries()
              && table.largestSequence() <= state.oldestSnapshot()) {
            mostlyDeletions.add(table);
          }
        }
        CompactionChoice choice = cheapest(level, mostlyDeletions);
        if (!(choice instanceof Nothing)) {
          return choice;
        }
      }
      return NOTHING;
    }

    // ---- what to do there

    /// Level 0 from its oldest table on. Versions must not overtake each other: a table may go only
    /// where no older one that shares keys with it stays.
    private CompactionChoice level0() {
      int base = targets.baseLevel();
      List<TableMeta> staying = new ArrayList<>();
      List<TableMeta> going = new ArrayList<>();
      for (TableMeta table : version.tables(0).reversed()) {
        if (levels.isBusy(table) || Levels.overlapsAny(table, staying)) {
          staying.add(table);
        } else if (going.isEmpty()) {
          // One that leaves space in its zones is rewritten, so that below level 0 zones are full.
          if (fillsItsZones(table) && canMove(table, base)) {
            return new Move(table, 0, base);
          }
          (levels.isFeasible(0, List.of(table), base) ? going : staying).add(table);
        } else {
          (joins(table, going, base) ? going : staying).add(table);
        }
      }
      return going.isEmpty() ? NOTHING : merge(0, going.reversed(), base);
    }

    /// Whether another, newer level-0 table is merged along: where it shares keys, since the tables
    /// below are then written once for both, or where it drags in no more than itself.
    private boolean joins(TableMeta table, List<TableMeta> going, int base) {
      KeySpan span = KeySpan.of(going);
      KeySpan both = span.with(KeySpan.of(table));
      long dragged =
          levels.run(base).overlappingBlocks(both) - levels.run(base).overlappingBlocks(span);
      List<TableMeta> together = new ArrayList<>(going);
      together.add(table);
      return (span.overlaps(KeySpan.of(table)) || dragged <= table.blocks())
          && levels.isFeasible(0, together, base);
    }

    /// Of `tables`, all at `level`, the one that costs least to push down for what it frees above.
    private CompactionChoice cheapest(int level, List<TableMeta> tables) {
      int outputLevel = Math.min(level + 1, LAST);
      List<TableMeta> cheapestFirst = new ArrayList<>();
      for (TableMeta table : tables) {
        if (!levels.isBusy(table)) {
          cheapestFirst.add(table);
        }
      }
      cheapestFirst.sort(Comparator.comparingDouble(table -> levels.cost(table, outputLevel)));
      for (TableMeta table : cheapestFirst) {
        if (levels.isFeasible(level, List.of(table), outputLevel)) {
          return level < LAST && canMove(table, outputLevel)
              ? new Move(table, level, outputLevel)
              : merge(level, List.of(table), outputLevel);
        }
      }
      return NOTHING;
    }

    private boolean canMove(TableMeta table, int to) {
      KeySpan span = KeySpan.of(table);
      boolean worthRewriting =
          state.full() == null ? 10 * table.deletions() >= table.entries() : table.deletions() > 0;
      boolean losesDeletions = worthRewriting && levels.isBottom(to, span);
      return !levels.run(to).overlaps(span)
          && !losesDeletions
          && levels.isFree(List.of(), to, span)
          && levels.grandparentBlocks(to, span) <= GRANDPARENT_ZONES_MAX * zoneBlocks;
    }

    private Merge merge(int level, List<TableMeta> tables, int outputLevel) {
      if (level == outputLevel) {
        return new Merge(List.of(new Input(level, tables)), level);
      }
      List<TableMeta> below = withTails(tables, outputLevel);
      return below.isEmpty()
          ? new Merge(List.of(new Input(level, tables)), outputLevel)
          : new Merge(
              List.of(new Input(level, tables), new Input(outputLevel, below)), outputLevel);
    }

    /// What `tables` overlap in the output level, and beside it tables that leave most of their
    /// zone empty: merged along, they end up in full ones.
    private List<TableMeta> withTails(List<TableMeta> tables, int outputLevel) {
      KeySpan span = KeySpan.of(tables);
      List<TableMeta> below = new ArrayList<>(levels.run(outputLevel).overlapping(span));
      for (TableMeta neighbour : levels.run(outputLevel).neighbours(span)) {
        long together = Levels.blocks(tables) + Levels.blocks(below) + neighbour.blocks();
        if (2 * neighbour.blocks() < zoneBlocks
            && together <= levels.roomBlocks()
            && levels.isFree(List.of(neighbour), outputLevel, span)) {
          below.add(neighbour);
        }
      }
      below.sort((a, b) -> Arrays.compareUnsigned(a.smallest(), b.smallest()));
      return below;
    }

    private boolean fillsItsZones(TableMeta table) {
      return 100 * table.blocks() >= 95 * zoneBlocks * table.extents().size();
    }
  }
}
