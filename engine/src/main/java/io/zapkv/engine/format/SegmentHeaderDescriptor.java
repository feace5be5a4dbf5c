package io.zapkv.engine.format;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The head of a staging segment: whose records follow, and by which tag they are known.
///
/// ```
///    0 magic "ZAPSTAGE" u64
///    8 version u16          10 zero u16          12 tag u32
///   16 store id u64
///   24 epoch u32            28 zero u32
///   32 segment number u64
///   40 sequence of the first record u64
///   48 bytes of the segment u64
///   56 hash of the boot id u64
///   64 zero u32             68 checksum of bytes 0 to 67 u32
///  128 tail u64             bytes claimed, from the segment's start; sign bit: sealed. No checksum
/// 4096 the first record
/// ```
///
/// The tail has a cache line pair to itself, since every writer changes it. It is a hint: recovery
/// believes it only where the memory cannot have been torn, and within bounds.
///
/// @param storeId drawn at random when the store was made
/// @param epoch how often the store had been opened for writing
/// @param tag what this use's records carry; never zero
/// @param number the segment's number, ascending within the epoch
/// @param baseSequence the sequence of the place where the first record starts
/// @param segmentBytes bytes of the whole segment
/// @param bootHash names the run of the machine in which the segment was written; 0 where unknown
public record SegmentHeaderDescriptor(
    long storeId,
    int epoch,
    int tag,
    long number,
    long baseSequence,
    long segmentBytes,
    long bootHash) {
  /// Bytes before the first record.
  public static final int BYTES = 4096;

  /// Where the tail stands.
  public static final int TAIL_OFFSET = 128;

  /// The format written by this release.
  public static final int VERSION = 1;

  private static final long MAGIC = 0x4547_4154_5350_415AL; // "ZAPSTAGE" in memory order
  private static final int VERSION_OFFSET = 8;
  private static final int TAG_OFFSET = 12;
  private static final int STORE_OFFSET = 16;
  private static final int EPOCH_OFFSET = 24;
  private static final int NUMBER_OFFSET = 32;
  private static final int BASE_OFFSET = 40;
  private static final int SEGMENT_BYTES_OFFSET = 48;
  private static final int BOOT_OFFSET = 56;
  private static final int CHECKSUM_OFFSET = 68;

  /// Writes the header to the start of `memory`, all but the tail.
  public void write(MemorySegment memory) {
    memory.asSlice(0, CHECKSUM_OFFSET).fill((byte) 0);
    memory.set(Layouts.U64, 0, MAGIC);
    memory.set(Layouts.U16, VERSION_OFFSET, (short) VERSION);
    memory.set(Layouts.U32, TAG_OFFSET, tag);
    memory.set(Layouts.U64, STORE_OFFSET, storeId);
    memory.set(Layouts.U32, EPOCH_OFFSET, epoch);
    memory.set(Layouts.U64, NUMBER_OFFSET, number);
    memory.set(Layouts.U64, BASE_OFFSET, baseSequence);
    memory.set(Layouts.U64, SEGMENT_BYTES_OFFSET, segmentBytes);
    memory.set(Layouts.U64, BOOT_OFFSET, bootHash);
    memory.set(Layouts.U32, CHECKSUM_OFFSET, Crc32c.of(memory, 0, CHECKSUM_OFFSET));
  }

  /// Makes the header at the start of `memory` void.
  public static void invalidate(MemorySegment memory) {
    memory.set(Layouts.U64, 0, 0L);
  }

  /// The header at the start of `memory`, or null where there is none that is whole, of this format
  /// version, and in agreement with the memory's own size.
  public static @Nullable SegmentHeaderDescriptor read(MemorySegment memory) {
    if (memory.byteSize() < BYTES
        || memory.get(Layouts.U64, 0) != MAGIC
        || memory.get(Layouts.U32, CHECKSUM_OFFSET) != Crc32c.of(memory, 0, CHECKSUM_OFFSET)
        || Short.toUnsignedInt(memory.get(Layouts.U16, VERSION_OFFSET)) != VERSION) {
      return null;
    }
    SegmentHeaderDescriptor header =
        new SegmentHeaderDescriptor(
            memory.get(Layouts.U64, STORE_OFFSET),
            memory.get(Layouts.U32, EPOCH_OFFSET),
            memory.get(Layouts.U32, TAG_OFFSET),
            memory.get(Layouts.U64, NUMBER_OFFSET),
            memory.get(Layouts.U64, BASE_OFFSET),
            memory.get(Layouts.U64, SEGMENT_BYTES_OFFSET),
            memory.get(Layouts.U64, BOOT_OFFSET));
    boolean plausible =
        header.tag != 0
            && header.segmentBytes == memory.byteSize()
            && header.baseSequence >= 0
            && header.baseSequence <= Trailer.SEQUENCE_MAX - header.segmentBytes;
    return plausible ? header : null;
  }
}
