package io.zapkv.engine.compaction;

import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.version.Version;

/// A wish to bring all that was written up to now to the last level, without deletions left there.
///
/// It ends although writes go on: what is older than `sequenceBelow` only ever moves down, and what
/// the compaction itself puts into the last level has a new id.
///
/// An old version that only a snapshot had kept in the last level stays until its table is merged
/// for another reason: what the manifest knows of a table does not tell that there is one.
///
/// @param sequenceBelow tables with an entry older than this are to go down
/// @param tableIdBelow a table of the last level with an id below this is to lose its deletions
public record FullCompaction(long sequenceBelow, long tableIdBelow) {
  /// Whether nothing is left to do in `version`. Requires that nothing is running.
  public boolean isDone(Version version) {
    for (int level = 0; level < Version.LEVELS; level++) {
      for (TableMeta table : version.tables(level)) {
        if (concerns(level, table)) {
          return false;
        }
      }
    }
    return true;
  }

  boolean concerns(int level, TableMeta table) {
    return level < Version.LEVELS - 1
        ? table.smallestSequence() < sequenceBelow
        : table.deletions() > 0 && table.id() < tableIdBelow;
  }
}
