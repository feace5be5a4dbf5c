package io.zapkv.engine.core;

import io.zapkv.api.WriteBatch;
import io.zapkv.engine.append.AppendStream;
import io.zapkv.engine.format.RecordDescriptor;
import io.zapkv.zns.Geometry;
import java.lang.foreign.MemorySegment;

/// How long keys and values may be on a device: every block must fit one chunk, and so one append,
/// the smallest one of an index included (A3).
///
/// @param keyBytesMax the longest key
/// @param entryBytesMax the longest key and value together
record Limits(int keyBytesMax, int entryBytesMax) implements WriteBatch.Visitor {
  /// An index block must hold several keys, so that a tree of them gets narrower upwards.
  private static final int KEYS_IN_A_CHUNK = 8;

  /// A data block is one entry at the least; its framing fits the other half.
  private static final int ENTRIES_IN_A_CHUNK = 2;

  /// So that neither a table's zone nor a memtable is filled by a few entries.
  private static final int ENTRIES_IN_A_ZONE = 8;

  /// What is left of a zone that no chunk fits is lost, so that chunks are short in short zones.
  private static final int CHUNKS_IN_A_ZONE = 4;

  /// How long the chunks of tables get on a device with `geometry`.
  static int chunkBytesMax(Geometry geometry) {
    long ofZone = geometry.zoneCapacityBytes() / CHUNKS_IN_A_ZONE;
    long bytes =
        Math.min(Math.min(AppendStream.CHUNK_BYTES_MAX, geometry.appendBytesMax()), ofZone);
    return (int) (bytes / geometry.blockBytes() * geometry.blockBytes());
  }

  /// The limits on a device with `geometry` for a store with memtables of `memtableBytes`.
  static Limits of(Geometry geometry, long memtableBytes) {
    int chunk = chunkBytesMax(geometry);
    long whole = Math.min(geometry.zoneCapacityBytes(), memtableBytes);
    return new Limits(
        Math.min(RecordDescriptor.KEY_BYTES_MAX, chunk / KEYS_IN_A_CHUNK),
        (int) Math.min(chunk / ENTRIES_IN_A_CHUNK, whole / ENTRIES_IN_A_ZONE));
  }

  /// Lets an entry pass that can be stored.
  ///
  /// @throws IllegalArgumentException naming the limit
  void check(long keyBytes, long valueBytes) {
    if (keyBytes > keyBytesMax) {
      throw new IllegalArgumentException(
          "a key of " + keyBytes + " bytes; on this device at most " + keyBytesMax);
    }
    if (keyBytes + valueBytes > entryBytesMax) {
      throw new IllegalArgumentException(
          "key and value of "
              + (keyBytes + valueBytes)
              + " bytes together; on this device at most "
              + entryBytesMax);
    }
  }

  @Override
  public void put(
      MemorySegment memory, long keyOffset, int keyLength, long valueOffset, int valueLength) {
    check(keyLength, valueLength);
  }

  @Override
  public void delete(MemorySegment memory, long keyOffset, int keyLength) {
    check(keyLength, 0);
  }
}
