package io.zapkv.engine.compaction;

import io.zapkv.engine.table.TableMeta;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What running compactions keep others from touching: the tables that go in, and the spans that
/// tables will come out in.
final class BusyTables {
  private final Set<Long> tableIds = new HashSet<>();
  private final List<Writing> writings = new ArrayList<>();

  private record Writing(int level, KeySpan span) {}

  BusyTables(List<CompactionChoice> running) {
    for (CompactionChoice choice : running) {
      add(choice);
    }
  }

  private void add(CompactionChoice choice) {
    switch (choice) {
      case CompactionChoice.Nothing _ -> {}
      case CompactionChoice.Move(TableMeta table, _, int to) -> add(List.of(table), to);
      case CompactionChoice.Merge merge -> {
        add(merge.tables(), merge.outputLevel());
        writings.add(new Writing(merge.inputs().getFirst().level(), KeySpan.of(merge.tables())));
      }
      case CompactionChoice.Rewrite rewrite -> rewrite.merges().forEach(this::add);
      case CompactionChoice.Drop(int level, List<TableMeta> tables) -> add(tables, level);
    }
  }

  private void add(List<TableMeta> tables, int outputLevel) {
    for (TableMeta table : tables) {
      tableIds.add(table.id());
    }
    writings.add(new Writing(outputLevel, KeySpan.of(tables)));
  }

  boolean holds(TableMeta table) {
    return tableIds.contains(table.id());
  }

  /// Whether a running compaction may put a table into `span` of `level`.
  boolean writes(int level, KeySpan span) {
    for (Writing writing : writings) {
      if (writing.level() == level && writing.span().overlaps(span)) {
        return true;
      }
    }
    return false;
  }
}
