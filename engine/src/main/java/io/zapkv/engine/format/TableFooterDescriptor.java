package io.zapkv.engine.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// The payload of a table's last chunk: where its index begins, and what the table holds.
///
/// ```
///    0 table id u64
///    8 keyspace u32         12 compression u8  13 filter probes u8  14 index levels u8  15 zero u8
///   16 root handle, 24 bytes
///   40 entries u64          48 deletions u64
///   56 smallest sequence u64 64 largest sequence u64
///   72 raw bytes u64
///   80 data blocks u32      84 leaves u32
///   88 data chunks u32      92 largest block u32
///   96 first key length u32 100 last key length u32
///  104 first key, last key
/// ```
///
/// The chunk's envelope says which version this is, and its payload checksum covers it.
///
/// @param tableId the table, as in the envelope
/// @param keyspace the keyspace of all keys
/// @param compression [BlockDescriptor#TYPE_NONE] or [BlockDescriptor#TYPE_LZ4]: what the writer
///   was asked for; each block says what it is
/// @param filterProbes bits that the filters have for each key
/// @param indexLevels levels of index blocks above the leaves, at least 1
/// @param root the one index block of the top level
/// @param entries entries, deletions among them
/// @param deletions entries that delete
/// @param smallestSequence the oldest entry's sequence
/// @param largestSequence the newest entry's sequence
/// @param rawBytes keys and values before compression
/// @param dataBlocks data blocks; their ordinals are the lowest ones
/// @param leaves leaf index blocks, each with a filter
/// @param dataChunks chunks of data blocks
/// @param blockBytesMax the raw bytes of the largest block
/// @param firstKey the first user key
/// @param lastKey the last user key
@SuppressWarnings("ArrayRecordComponent") // footers are read and checked, never compared
public record TableFooterDescriptor(
    long tableId,
    int keyspace,
    int compression,
    int filterProbes,
    int indexLevels,
    BlockHandle root,
    long entries,
    long deletions,
    long smallestSequence,
    long largestSequence,
    long rawBytes,
    int dataBlocks,
    int leaves,
    int dataChunks,
    int blockBytesMax,
    byte[] firstKey,
    byte[] lastKey) {
  /// Bytes before the keys.
  public static final int FIXED_BYTES = 104;

  private static final int KEYSPACE_OFFSET = 8;
  private static final int COMPRESSION_OFFSET = 12;
  private static final int PROBES_OFFSET = 13;
  private static final int LEVELS_OFFSET = 14;
  private static final int ZERO_OFFSET = 15;
  private static final int ROOT_OFFSET = 16;
  private static final int ENTRIES_OFFSET = 40;
  private static final int DELETIONS_OFFSET = 48;
  private static final int SMALLEST_OFFSET = 56;
  private static final int LARGEST_OFFSET = 64;
  private static final int RAW_OFFSET = 72;
  private static final int BLOCKS_OFFSET = 80;
  private static final int LEAVES_OFFSET = 84;
  private static final int CHUNKS_OFFSET = 88;
  private static final int BLOCK_MAX_OFFSET = 92;
  private static final int FIRST_LENGTH_OFFSET = 96;
  private static final int LAST_LENGTH_OFFSET = 100;

  /// Bytes of a footer with keys of these lengths.
  public static int lengthBytes(int firstKeyLength, int lastKeyLength) {
    return FIXED_BYTES + firstKeyLength + lastKeyLength;
  }

  /// Bytes of this footer.
  public int lengthBytes() {
    return lengthBytes(firstKey.length, lastKey.length);
  }

  /// Writes the footer to the start of `payload`.
  public void write(MemorySegment payload) {
    payload.set(Layouts.U64, 0, tableId);
    payload.set(Layouts.U32, KEYSPACE_OFFSET, keyspace);
    payload.set(Layouts.U8, COMPRESSION_OFFSET, (byte) compression);
    payload.set(Layouts.U8, PROBES_OFFSET, (byte) filterProbes);
    payload.set(Layouts.U8, LEVELS_OFFSET, (byte) indexLevels);
    payload.set(Layouts.U8, ZERO_OFFSET, (byte) 0);
    root.write(payload, ROOT_OFFSET);
    payload.set(Layouts.U64, ENTRIES_OFFSET, entries);
    payload.set(Layouts.U64, DELETIONS_OFFSET, deletions);
    payload.set(Layouts.U64, SMALLEST_OFFSET, smallestSequence);
    payload.set(Layouts.U64, LARGEST_OFFSET, largestSequence);
    payload.set(Layouts.U64, RAW_OFFSET, rawBytes);
    payload.set(Layouts.U32, BLOCKS_OFFSET, dataBlocks);
    payload.set(Layouts.U32, LEAVES_OFFSET, leaves);
    payload.set(Layouts.U32, CHUNKS_OFFSET, dataChunks);
    payload.set(Layouts.U32, BLOCK_MAX_OFFSET, blockBytesMax);
    payload.set(Layouts.U32, FIRST_LENGTH_OFFSET, firstKey.length);
    payload.set(Layouts.U32, LAST_LENGTH_OFFSET, lastKey.length);
    MemorySegment.copy(firstKey, 0, payload, ValueLayout.JAVA_BYTE, FIXED_BYTES, firstKey.length);
    MemorySegment.copy(
        lastKey,
        0,
        payload,
        ValueLayout.JAVA_BYTE,
        FIXED_BYTES + (long) firstKey.length,
        lastKey.length);
  }

  /// The footer in `payload`, or null where its lengths do not add up.
  public static @Nullable TableFooterDescriptor read(MemorySegment payload) {
    if (payload.byteSize() < FIXED_BYTES) {
      return null;
    }
    int firstLength = payload.get(Layouts.U32, FIRST_LENGTH_OFFSET);
    int lastLength = payload.get(Layouts.U32, LAST_LENGTH_OFFSET);
    if (firstLength < 0
        || lastLength < 0
        || payload.byteSize() != (long) FIXED_BYTES + firstLength + lastLength) {
      return null;
    }
    return new TableFooterDescriptor(
        payload.get(Layouts.U64, 0),
        payload.get(Layouts.U32, KEYSPACE_OFFSET),
        payload.get(Layouts.U8, COMPRESSION_OFFSET),
        payload.get(Layouts.U8, PROBES_OFFSET),
        payload.get(Layouts.U8, LEVELS_OFFSET),
        BlockHandle.read(payload, ROOT_OFFSET),
        payload.get(Layouts.U64, ENTRIES_OFFSET),
        payload.get(Layouts.U64, DELETIONS_OFFSET),
        payload.get(Layouts.U64, SMALLEST_OFFSET),
        payload.get(Layouts.U64, LARGEST_OFFSET),
        payload.get(Layouts.U64, RAW_OFFSET),
        payload.get(Layouts.U32, BLOCKS_OFFSET),
        payload.get(Layouts.U32, LEAVES_OFFSET),
        payload.get(Layouts.U32, CHUNKS_OFFSET),
        payload.get(Layouts.U32, BLOCK_MAX_OFFSET),
        key(payload, FIXED_BYTES, firstLength),
        key(payload, FIXED_BYTES + (long) firstLength, lastLength));
  }

  private static byte[] key(MemorySegment payload, long offset, int length) {
    return payload.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
  }
}
