package io.zapkv.engine.format;

import java.lang.foreign.MemorySegment;

/// Names one block of a table: the chunk as the device answered, and where in the chunk it lies.
///
/// A handle is never computed from its neighbour's (A4). In an index it is 24 bytes:
///
/// ```
///    0 chunk address u64
///    8 offset in the chunk u32 (the envelope is at 0)
///   12 stored bytes u32 (without the block's trailer)
///   16 raw bytes u32 (what the stored bytes decompress to)
///   20 ordinal u32 (the block's number within its table)
/// ```
///
/// Stored and raw bytes are equal exactly where the block is not compressed.
///
/// **Threading.** Stateless; the hot path reads fields through the static methods.
///
/// @param address where the device put the chunk
/// @param offsetBytes where the block begins in the chunk
/// @param storedBytes its length in the chunk, without trailer
/// @param rawBytes its length uncompressed
/// @param ordinal its number within its table, from 0
public record BlockHandle(
    long address, int offsetBytes, int storedBytes, int rawBytes, int ordinal) {
  /// Bytes a handle takes.
  public static final int BYTES = 24;

  private static final int OFFSET_OFFSET = 8;
  private static final int STORED_OFFSET = 12;
  private static final int RAW_OFFSET = 16;
  private static final int ORDINAL_OFFSET = 20;

  /// Writes a handle's 24 bytes at `at`.
  public void write(MemorySegment target, long at) {
    target.set(Layouts.U64, at, address);
    target.set(Layouts.U32, at + OFFSET_OFFSET, offsetBytes);
    target.set(Layouts.U32, at + STORED_OFFSET, storedBytes);
    target.set(Layouts.U32, at + RAW_OFFSET, rawBytes);
    target.set(Layouts.U32, at + ORDINAL_OFFSET, ordinal);
  }

  /// The handle at `at`; whether its numbers make sense is for the reader of the block to check.
  public static BlockHandle read(MemorySegment source, long at) {
    return new BlockHandle(
        address(source, at),
        offsetBytes(source, at),
        storedBytes(source, at),
        rawBytes(source, at),
        ordinal(source, at));
  }

  /// The chunk's address.
  public static long address(MemorySegment source, long at) {
    return source.get(Layouts.U64, at);
  }

  /// The block's offset in the chunk.
  public static int offsetBytes(MemorySegment source, long at) {
    return source.get(Layouts.U32, at + OFFSET_OFFSET);
  }

  /// The block's stored length.
  public static int storedBytes(MemorySegment source, long at) {
    return source.get(Layouts.U32, at + STORED_OFFSET);
  }

  /// The block's raw length.
  public static int rawBytes(MemorySegment source, long at) {
    return source.get(Layouts.U32, at + RAW_OFFSET);
  }

  /// The block's number within its table.
  public static int ordinal(MemorySegment source, long at) {
    return source.get(Layouts.U32, at + ORDINAL_OFFSET);
  }
}
