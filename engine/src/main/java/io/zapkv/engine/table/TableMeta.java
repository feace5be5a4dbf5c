package io.zapkv.engine.table;

import io.zapkv.engine.zone.Extent;
import java.util.List;

/// What the manifest keeps of one table: enough to choose it, to find its footer, and to know which
/// zones it holds.
///
/// @param id unique in the store, never used again
/// @param keyspace the keyspace all its keys belong to; 0 today
/// @param smallest the first user key; not to be changed
/// @param largest the last user key; not to be changed
/// @param smallestSequence the oldest entry's sequence
/// @param largestSequence the newest entry's sequence
/// @param entries entries, deletions among them
/// @param deletions entries that delete
/// @param rawBytes keys and values before compression
/// @param blocks device blocks of all extents together
/// @param footerAddress where the device put the footer's chunk
/// @param extents the zones it takes part of, each once
@SuppressWarnings("ArrayRecordComponent") // keys are bytes; nobody changes them
public record TableMeta(
    long id,
    int keyspace,
    byte[] smallest,
    byte[] largest,
    long smallestSequence,
    long largestSequence,
    long entries,
    long deletions,
    long rawBytes,
    long blocks,
    long footerAddress,
    List<Extent> extents) {
  /// A table of at least one entry.
  public TableMeta {
    assert entries > 0 && deletions <= entries && smallestSequence <= largestSequence;
    extents = List.copyOf(extents);
  }

  /// Two metas are the same where they are of the same table.
  @Override
  public boolean equals(Object other) {
    return other instanceof TableMeta that && that.id == id;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(id);
  }
}
