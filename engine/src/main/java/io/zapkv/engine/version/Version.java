package io.zapkv.engine.version;

import io.zapkv.engine.base.Invariants;
import io.zapkv.engine.base.Keys;
import io.zapkv.engine.table.TableMeta;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The tables of the store at one moment, by level. Never changes; the next one is made by
/// [#apply].
///
/// Level 0 holds flushed tables, newest first, whose key ranges may overlap. Each deeper level is
/// one sorted run: ordered by key, no two tables share a key.
///
/// **Threading.** Immutable.
public final class Version {
  /// How many levels there are.
  public static final int LEVELS = 7;

  private static final int NONE = -1;

  private static final Comparator<TableMeta> NEWEST_FIRST =
      Comparator.comparingLong(TableMeta::largestSequence)
          .reversed()
          .thenComparing(Comparator.comparingLong(TableMeta::id).reversed());

  private static final Comparator<TableMeta> BY_KEY =
      (a, b) -> Arrays.compareUnsigned(a.smallest(), b.smallest());

  private final List<List<TableMeta>> levels;

  private Version(List<List<TableMeta>> levels) {
    this.levels = List.copyOf(levels);
  }

  /// A version without tables.
  public static Version empty() {
    List<List<TableMeta>> levels = new ArrayList<>();
    for (int level = 0; level < LEVELS; level++) {
      levels.add(List.of());
    }
    return new Version(levels);
  }

  /// The tables of `level`: the newest first at level 0, in key order at the others.
  public List<TableMeta> tables(int level) {
    return levels.get(level);
  }

  /// Device blocks that the tables of `level` take.
  public long blocks(int level) {
    long blocks = 0;
    for (TableMeta table : levels.get(level)) {
      blocks += table.blocks();
    }
    return blocks;
  }

  /// Where in [#tables] of a level above 0 the one table stands whose range holds the key, or -1.
  public int indexOf(int level, MemorySegment key, long offset, int length) {
    List<TableMeta> run = levels.get(level);
    int low = 0;
    int high = run.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Keys.compare(run.get(middle).largest(), key, offset, length) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == run.size() || Keys.compare(run.get(low).smallest(), key, offset, length) > 0) {
      return NONE;
    }
    return low;
  }

  /// Whether a table of level 0, by its place in [#tables], counts for the key: false only where it
  /// was narrowed, and a deeper level has what it knew of the key.
  public boolean counts(int index, MemorySegment key, long offset, int length) {
    TableMeta table = levels.getFirst().get(index);
    return !table.isNarrowed() || Keys.compare(table.smallest(), key, offset, length) <= 0;
  }

  /// The tables of `level` that share a key with the range from `smallest` to `largest`, both
  /// included.
  public List<TableMeta> overlapping(int level, byte[] smallest, byte[] largest) {
    List<TableMeta> found = new ArrayList<>();
    for (TableMeta table : levels.get(level)) {
      if (Arrays.compareUnsigned(table.largest(), smallest) >= 0
          && Arrays.compareUnsigned(table.smallest(), largest) <= 0) {
        found.add(table);
      }
    }
    return found;
  }

  /// The version after `edit`.
  public Version apply(VersionEdit edit) {
    List<List<TableMeta>> next = new ArrayList<>();
    for (int level = 0; level < LEVELS; level++) {
      next.add(applyTo(level, edit));
    }
    return new Version(next);
  }

  private List<TableMeta> applyTo(int level, VersionEdit edit) {
    Set<Long> gone = new HashSet<>();
    for (VersionEdit.Removed removed : edit.removed()) {
      if (removed.level() == level) {
        gone.add(removed.tableId());
      }
    }
    List<TableMeta> tables = new ArrayList<>();
    for (TableMeta table : levels.get(level)) {
      if (!gone.remove(table.id())) {
        tables.add(table);
      }
    }
    Invariants.check(gone.isEmpty(), "an edit removes a table that is not there");
    boolean grew = false;
    for (VersionEdit.Placed placed : edit.added()) {
      if (placed.level() == level) {
        tables.add(placed.table());
        grew = true;
      }
    }
    for (VersionEdit.Narrowed narrowed : edit.narrowed()) {
      if (narrowed.level() == level) {
        narrow(tables, narrowed);
      }
    }
    if (grew) {
      tables.sort(level == 0 ? NEWEST_FIRST : BY_KEY);
    }
    checkDisjoint(level, tables);
    return List.copyOf(tables);
  }

  private static void narrow(List<TableMeta> tables, VersionEdit.Narrowed narrowed) {
    byte[] smallest = narrowed.smallest();
    for (int i = 0; i < tables.size(); i++) {
      TableMeta table = tables.get(i);
      if (table.id() == narrowed.tableId()) {
        Invariants.check(
            Arrays.compareUnsigned(table.smallest(), smallest) <= 0
                && Arrays.compareUnsigned(smallest, table.largest()) <= 0,
            "an edit narrows a table to keys it does not have");
        tables.set(i, table.narrowedTo(smallest));
        return;
      }
    }
    throw new AssertionError("an edit narrows a table that is not there");
  }

  private static void checkDisjoint(int level, List<TableMeta> tables) {
    for (int i = 1; level > 0 && i < tables.size(); i++) {
      Invariants.check(
          Arrays.compareUnsigned(tables.get(i - 1).largest(), tables.get(i).smallest()) < 0,
          "two tables of a sorted level share a key");
    }
  }
}
