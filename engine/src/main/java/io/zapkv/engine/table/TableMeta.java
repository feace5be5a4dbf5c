package io.zapkv.engine.table;

import io.zapkv.engine.zone.Extent;
import java.util.List;

/// What the manifest keeps of one table: enough to choose it, to find its footer, and to know which
/// zones it holds.
///
/// @param id unique in the store, never used again
/// @param keyspace the keyspace all its keys belong to; 0 today
/// @param smallest the first user key that counts; not to be changed
/// @param largest the last user key; not to be changed
/// @param smallestSequence the oldest entry's sequence
/// @param largestSequence the newest entry's sequence
/// @param entries entries, deletions among them
/// @param deletions entries that delete
/// @param rawBytes keys and values before compression
/// @param blocks device blocks of all extents together
/// @param footerAddress where the device put the footer's chunk
/// @param extents the zones it takes part of, each once
/// @param isNarrowed whether it holds keys below `smallest` that count no more: they were merged
///   into other tables. Entries, deletions, bytes and blocks are those of the whole table
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
    List<Extent> extents,
    boolean isNarrowed) {
  /// A table of at least one entry.
  public TableMeta {
    assert entries > 0 && deletions <= entries && smallestSequence <= largestSequence;
    extents = List.copyOf(extents);
  }

  /// A table of which all keys count.
  public TableMeta(
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
    this(
        id,
        keyspace,
        smallest,
        largest,
        smallestSequence,
        largestSequence,
        entries,
        deletions,
        rawBytes,
        blocks,
        footerAddress,
        extents,
        false);
  }

  /// The same table, of which only the keys from `key` on count any more.
  public TableMeta narrowedTo(byte[] key) {
    return new TableMeta(
        id,
        keyspace,
        key,
        largest,
        smallestSequence,
        largestSequence,
        entries,
        deletions,
        rawBytes,
        blocks,
        footerAddress,
        extents,
        true);
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
