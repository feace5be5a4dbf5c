package io.zapkv.engine.compaction;

import io.zapkv.engine.table.TableMeta;

/// Where a compaction gets its new tables from: ids, zones and the way they are written are not its
/// affair.
///
/// **Threading.** Called by the one lane that runs the job.
public interface TableOutputs {
  /// Begins a new table.
  ///
  /// @param level the level it is for: tables of one level die at about the same time
  /// @param expectedBlocks about what the merge has yet to write, this table included: less than a
  ///   zone for the last one, which had better share a zone with others like it
  TableOutput open(int level, long expectedBlocks);

  /// Gives up a table that was finished and will not come into the version.
  void discard(TableMeta table);
}
