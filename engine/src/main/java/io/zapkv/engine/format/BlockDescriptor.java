package io.zapkv.engine.format;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/// A block: the unit that a table compresses, checks and caches. Several lie in one chunk, back to
/// back.
///
/// ```
///   ┌──────────────────────────┬─────────┬────────────────┬──────────────┐
///   │ stored bytes             │ type u8 │ raw length u32 │ checksum u32 │
///   └──────────────────────────┴─────────┴────────────────┴──────────────┘
/// ```
///
/// The checksum is CRC-32C over stored bytes, type and raw length, and then over the table's id
/// (u64) and the block's ordinal (u32), which are not stored: so a block that is whole but not the
/// one asked for does not pass.
///
/// Uncompressed, a data or index block is a run of entries in internal order and a table of places
/// to start reading from:
///
/// ```
///   ┌───────┬───────┬─────┬───────┬───────────────────────────┬──────────────────┐
///   │ entry │ entry │  …  │ entry │ restart offsets u32[count] │ restart count u32 │
///   └───────┴───────┴─────┴───────┴───────────────────────────┴──────────────────┘
///   entry = shared varint, suffix length varint, value length varint,
///           key suffix, trailer u64 (see Trailer), value
/// ```
///
/// `shared` is how many bytes of the key are those of the entry before; at a restart it is 0. A
/// restart offset counts from the start of the block; the first is 0.
public final class BlockDescriptor {
  /// Bytes behind the stored bytes.
  public static final int TRAILER_BYTES = 9;

  /// Type: the stored bytes are the block.
  public static final int TYPE_NONE = 0;

  /// Type: the stored bytes are the block in LZ4's block format.
  public static final int TYPE_LZ4 = 1;

  /// Entries from one restart to the next in a data block.
  public static final int RESTART_INTERVAL = 16;

  /// The least bytes an entry takes: three lengths and the trailer.
  public static final int ENTRY_BYTES_MIN = 3 + Trailer.BYTES;

  /// LZ4 makes at most 255 bytes of one; what claims more is refused before memory is taken for it.
  private static final long LZ4_RATIO_MAX = 255;

  private static final int RAW_LENGTH_OFFSET = 1;
  private static final int CHECKED_TRAILER_BYTES = 5;
  private static final int CHECKSUM_OFFSET = 5;
  private static final int IDENTITY_BYTES = 12;

  private BlockDescriptor() {}

  /// The most bytes an entry adds to a block, its share of the restart table included.
  public static long entryBytesMax(int keyLength, int valueLength) {
    return 2L * Varints.length(keyLength)
        + Varints.length(valueLength)
        + keyLength
        + Trailer.BYTES
        + valueLength
        + Integer.BYTES;
  }

  /// Writes the trailer behind `storedBytes` bytes at `offset`.
  public static void seal(
      MemorySegment chunk,
      long offset,
      int storedBytes,
      int type,
      int rawBytes,
      long tableId,
      int ordinal) {
    long trailer = offset + storedBytes;
    chunk.set(Layouts.U8, trailer, (byte) type);
    chunk.set(Layouts.U32, trailer + RAW_LENGTH_OFFSET, rawBytes);
    chunk.set(
        Layouts.U32,
        trailer + CHECKSUM_OFFSET,
        checksum(chunk, offset, storedBytes, tableId, ordinal));
  }

  /// Whether the block at `offset` is whole and the one with this identity.
  public static boolean isWhole(
      MemorySegment chunk, long offset, int storedBytes, long tableId, int ordinal) {
    return chunk.get(Layouts.U32, offset + storedBytes + CHECKSUM_OFFSET)
        == checksum(chunk, offset, storedBytes, tableId, ordinal);
  }

  /// How the block at `offset` is stored.
  public static int type(MemorySegment chunk, long offset, int storedBytes) {
    return chunk.get(Layouts.U8, offset + storedBytes);
  }

  /// How long the block at `offset` says it is uncompressed.
  public static int rawBytes(MemorySegment chunk, long offset, int storedBytes) {
    return chunk.get(Layouts.U32, offset + storedBytes + RAW_LENGTH_OFFSET);
  }

  /// Whether `storedBytes` bytes can stand for `rawBytes` at all.
  public static boolean isPossible(int storedBytes, int rawBytes, int rawBytesMax) {
    return storedBytes > 0
        && rawBytes >= storedBytes
        && rawBytes <= rawBytesMax
        && rawBytes <= LZ4_RATIO_MAX * storedBytes;
  }

  private static int checksum(
      MemorySegment chunk, long offset, int storedBytes, long tableId, int ordinal) {
    CRC32C crc = new CRC32C();
    crc.update(chunk.asSlice(offset, storedBytes + CHECKED_TRAILER_BYTES).asByteBuffer());
    byte[] identity = new byte[IDENTITY_BYTES];
    MemorySegment view = MemorySegment.ofArray(identity);
    view.set(Layouts.U64, 0, tableId);
    view.set(Layouts.U32, Long.BYTES, ordinal);
    crc.update(identity);
    return (int) crc.getValue();
  }
}
