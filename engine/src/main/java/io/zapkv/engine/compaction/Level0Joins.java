package io.zapkv.engine.compaction;

import io.zapkv.engine.compaction.CompactionChoice.Input;
import io.zapkv.engine.compaction.CompactionChoice.Merge;
import io.zapkv.engine.compaction.CompactionChoice.Rewrite;
import io.zapkv.engine.table.TableMeta;
import java.util.ArrayList;
import java.util.List;

/// Finds small tables of level 0, one after the other in age, that take half the blocks as one.
///
/// A full device flushes deletions in small portions, and a table of a few of them takes as many
/// blocks for its index and footer as for its entries: a dozen such tables take the zones that the
/// merge needs which is to free some.
///
/// **Ends.** Each join leaves fewer tables, in fewer blocks.
final class Level0Joins {
  /// What a table takes beside its entries: index, filter, footer, and the ends of chunks.
  private static final int TABLE_BLOCKS = 5;

  /// What an entry takes beside its key and value, at most: lengths, trailer, restart, filter, and
  /// its part of the index.
  private static final int ENTRY_BYTES = 40;

  private Level0Joins() {}

  /// The joins there are, the one of the newest tables first.
  ///
  /// @param newestFirst level 0
  static List<Rewrite> joins(
      List<TableMeta> newestFirst, CompactionState.Tight room, long zoneBlocks) {
    List<Rewrite> joins = new ArrayList<>();
    List<TableMeta> run = new ArrayList<>();
    for (TableMeta table : newestFirst) {
      if (2 * table.blocks() > zoneBlocks) {
        add(joins, run, room, zoneBlocks);
      } else {
        run.add(table);
      }
    }
    add(joins, run, room, zoneBlocks);
    return joins;
  }

  private static void add(
      List<Rewrite> joins, List<TableMeta> run, CompactionState.Tight room, long zoneBlocks) {
    long blocks = 0;
    long bytes = 0;
    for (TableMeta table : run) {
      blocks += table.blocks();
      bytes += table.rawBytes() + table.entries() * ENTRY_BYTES;
    }
    long data = Math.ceilDiv(bytes, room.blockBytes());
    long joined = data + TABLE_BLOCKS * (1 + data / zoneBlocks);
    if (2 * joined <= blocks && joined <= room.roomBlocks()) {
      joins.add(new Rewrite(List.of(new Merge(List.of(new Input(0, run)), 0))));
    }
    run.clear();
  }
}
