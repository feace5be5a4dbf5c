package io.zapkv.engine.compaction;

import io.zapkv.engine.compaction.CompactionChoice.Input;
import io.zapkv.engine.compaction.CompactionChoice.Merge;
import io.zapkv.engine.compaction.CompactionChoice.Rewrite;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.version.Version;
import io.zapkv.engine.version.VersionEdit.Placed;
import io.zapkv.engine.zone.Extent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Finds tables that take fewer blocks, written anew, than the zones hold that come free for it.
///
/// ```
///   zone 3  ▒▒▒▒▒▒▒▒▒▒▒▒▒▒██     a table with 16 blocks here and 84 there holds two zones;
///   zone 7  █████████▒▒▒▒▒▒▒     written anew it takes one
/// ```
///
/// **Ends.** Every rewrite leaves more blocks that can be written than there were: the zones it
/// frees took no more before, nothing but its tables lives in them, and they hold more than the new
/// tables take, with what is lost at the ends of zones. What can be written has a limit, the
/// device, and a rewrite takes none of it. What it gained may be lost again where slots are short
/// and a zone is finished that still had room: so between two changes of another kind, a flush or a
/// merge, no table is written anew twice. Merges for their part end when all is in the last level.
///
/// **Threading.** One thread, one use.
final class SparseZones {
  /// What a table takes beside its entries: index, filter, footer, and the ends of chunks.
  static final int TABLE_BLOCKS = 8;

  /// How many tables are looked at together.
  private static final int TABLES_MAX = 64;

  private final Version version;
  private final CompactionState.Tight room;
  private final long zoneBlocks;
  private final Map<Integer, List<Placed>> tenants = new TreeMap<>();

  SparseZones(Version version, CompactionState.Tight room, long zoneBlocks) {
    this.version = version;
    this.room = room;
    this.zoneBlocks = zoneBlocks;
    for (int level = 0; level < Version.LEVELS; level++) {
      for (TableMeta table : version.tables(level)) {
        for (Extent extent : table.extents()) {
          tenants
              .computeIfAbsent(extent.zone(), _ -> new ArrayList<>())
              .add(new Placed(level, table));
        }
      }
    }
  }

  /// Rewrites that gain at least `gainBlocks`, the one that gains most for what it writes first.
  List<Rewrite> rewrites(long gainBlocks) {
    List<Candidate> found = new ArrayList<>();
    Set<Set<Long>> seen = new HashSet<>();
    for (int zone : tenants.keySet()) {
      @Nullable Candidate best = room.sealedZones().containsKey(zone) ? grow(zone) : null;
      if (best != null
          && best.gain >= gainBlocks
          && Collections.disjoint(best.ids(), room.rewritten())
          && seen.add(best.ids())) {
        found.add(best);
      }
    }
    found.sort(Comparator.comparingDouble(each -> -(double) each.gain / each.taken));
    return found.stream().map(this::rewrite).toList();
  }

  /// The best set of tables that frees `zone`: its own tables, and with them those of further zones
  /// they reach into, as long as that gains.
  private @Nullable Candidate grow(int zone) {
    Set<Integer> zones = new LinkedHashSet<>(Set.of(zone));
    Candidate best = candidate(zones);
    boolean grows = true;
    while (grows) {
      grows = false;
      Candidate better = best;
      for (int touched : best.touched()) {
        Set<Integer> more = new LinkedHashSet<>(zones);
        more.add(touched);
        Candidate wider = candidate(more);
        if (wider.gain > better.gain && isSmall(wider)) {
          better = wider;
          grows = true;
        }
      }
      best = better;
      zones = best.zones;
    }
    return isSmall(best) ? best : null;
  }

  private boolean isSmall(Candidate candidate) {
    return candidate.taken <= room.roomBlocks() && candidate.tables.size() <= TABLES_MAX;
  }

  private Candidate candidate(Set<Integer> zones) {
    Map<Long, Placed> tables = new HashMap<>();
    for (int zone : zones) {
      tenants
          .getOrDefault(zone, List.of())
          .forEach(placed -> tables.put(placed.table().id(), placed));
    }
    Map<Integer, Integer> left = new HashMap<>();
    long blocks = 0;
    for (Placed placed : tables.values()) {
      blocks += placed.table().blocks();
      for (Extent extent : placed.table().extents()) {
        left.merge(extent.zone(), 1, Integer::sum);
      }
    }
    long freed = 0;
    for (Map.Entry<Integer, Integer> each : left.entrySet()) {
      freed += each.getValue().equals(room.sealedZones().get(each.getKey())) ? zoneBlocks : 0;
    }
    // A table is cut where a zone ends, and each part has an index and a footer.
    long taken = blocks + TABLE_BLOCKS * (1 + blocks / zoneBlocks);
    return new Candidate(zones, tables, left.keySet(), taken, freed - taken);
  }

  private record Candidate(
      Set<Integer> zones, Map<Long, Placed> tables, Set<Integer> reached, long taken, long gain) {
    Set<Long> ids() {
      return tables.keySet();
    }

    /// Zones that the tables reach into and that are not emptied for their own sake yet.
    List<Integer> touched() {
      return reached.stream().filter(zone -> !zones.contains(zone)).toList();
    }
  }

  private Rewrite rewrite(Candidate candidate) {
    List<Merge> merges = new ArrayList<>();
    for (int level = 0; level < Version.LEVELS; level++) {
      List<TableMeta> run = new ArrayList<>();
      for (TableMeta table : version.tables(level)) {
        if (candidate.tables.containsKey(table.id())) {
          run.add(table);
        } else {
          add(merges, level, run);
        }
      }
      add(merges, level, run);
    }
    return new Rewrite(merges);
  }

  private static void add(List<Merge> merges, int level, List<TableMeta> run) {
    if (!run.isEmpty()) {
      merges.add(new Merge(List.of(new Input(level, run)), level));
      run.clear();
    }
  }
}
