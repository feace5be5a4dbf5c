package io.zapkv.engine.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// One record of the staging log, which is at once the record of the memtable: a write is copied
/// here and nowhere else before it is flushed.
///
/// ```
///    0 state u32             4 tag u32          written together, last, with release
///    8 checksum u32         12 previous u32
///   16 kind u8  17 zero u8  18 key bytes u16    20 value bytes u32
///   24 batch u32            28 members u32
///   32 key, value, zeros up to a multiple of 8
/// ```
///
/// - state: 0 in progress; else bit 31 says abandoned, the other bits the bytes of the whole claim
/// - tag: drawn for each use of a segment; bytes of an earlier use carry another one
/// - checksum: CRC-32C of key and value, xor-ed with a mix of bytes 16 to 31, the state, the tag
///   and the record's sequence, so that a record is good only at the place it was written for
/// - previous: place (offset / 8) of the next older version of the key in this segment, 0 where
///   there is none. For the memtable only: changes after publication, the checksum leaves it out
/// - batch: in a member of a batch, how many units of 8 bytes before it the batch's header stands;
///   0 in a record of its own and in a header
/// - members: in a batch's header how many members follow; 0 in all other records
///
/// A batch is one claim: a header of kind [ValueKind#BATCH] without key, whose value is the members
/// one after the other. The header's state publishes them all at once.
///
/// **Threading.** A record has one writer until it is published; see each accessor.
public final class RecordDescriptor {
  /// Bytes before the key.
  public static final int HEADER_BYTES = 32;

  /// Records start at multiples of this.
  public static final int ALIGNMENT = 8;

  /// The longest key.
  public static final int KEY_BYTES_MAX = 0xFFFF;

  /// The longest record or batch.
  public static final int BYTES_MAX = 1 << 30;

  private static final int CHECKSUM_OFFSET = 8;
  private static final int PREVIOUS_OFFSET = 12;
  private static final int KIND_OFFSET = 16;
  private static final int KEY_BYTES_OFFSET = 18;
  private static final int VALUE_BYTES_OFFSET = 20;
  private static final int BATCH_OFFSET = 24;
  private static final int MEMBERS_OFFSET = 28;

  private static final long ABANDONED = 0x8000_0000L;
  private static final long LENGTH_MASK = 0x7FFF_FFFFL;

  // State and tag are one aligned word, so that they can only be seen together.
  private static final VarHandle STATE =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
  private static final VarHandle PREVIOUS =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

  // Odd constants with well mixed bits: of the square roots of 2, 3, 5 and 7.
  private static final long MIX_A = 0x6A09E667F3BCC909L;
  private static final long MIX_B = 0xBB67AE8584CAA73BL;
  private static final long MIX_C = 0x3C6EF372FE94F82BL;
  private static final long MIX_D = 0xA54FF53A5F1D36F1L;

  private RecordDescriptor() {}

  /// Bytes of a record with such a key and value; more than [#BYTES_MAX] where it would be too
  /// long.
  public static long lengthBytes(int keyBytes, int valueBytes) {
    return aligned((long) HEADER_BYTES + keyBytes + valueBytes);
  }

  /// `bytes` rounded up to whole units.
  public static long aligned(long bytes) {
    return bytes + (ALIGNMENT - 1) & -ALIGNMENT;
  }

  /// The state and tag of a published claim of `lengthBytes` bytes.
  public static long published(int tag, int lengthBytes) {
    return (long) tag << 32 | lengthBytes;
  }

  /// The state and tag of an abandoned claim of `lengthBytes` bytes.
  public static long abandoned(int tag, int lengthBytes) {
    return published(tag, lengthBytes) | ABANDONED;
  }

  /// Whether the claim is over, one way or the other, in the use of the segment that `tag` stands
  /// for.
  public static boolean isResolved(long state, int tag) {
    return (int) (state >>> 32) == tag && (int) state != 0;
  }

  /// Whether the record may be seen.
  public static boolean isPublished(long state, int tag) {
    return (int) (state >>> 32) == tag && (int) state > 0;
  }

  /// Bytes of the whole claim that `state` speaks of.
  public static int lengthBytes(long state) {
    return (int) (state & LENGTH_MASK);
  }

  /// State and tag, read so that what was written before the publication is seen.
  public static long state(MemorySegment memory, long offset) {
    return (long) STATE.getAcquire(memory, offset);
  }

  /// Publishes or abandons: all that was written before is seen by who sees this.
  public static void setState(MemorySegment memory, long offset, long state) {
    STATE.setRelease(memory, offset, state);
  }

  /// The place of the next older version; versions linked there are seen whole.
  public static int previous(MemorySegment memory, long offset) {
    return (int) PREVIOUS.getAcquire(memory, offset + PREVIOUS_OFFSET);
  }

  /// Sets the place of the next older version in a record nobody else sees yet.
  public static void initPrevious(MemorySegment memory, long offset, int place) {
    PREVIOUS.set(memory, offset + PREVIOUS_OFFSET, place);
  }

  /// Links a version in below this record; false where another thread changed the link first.
  public static boolean replacePrevious(
      MemorySegment memory, long offset, int expectedPlace, int place) {
    return PREVIOUS.compareAndSet(memory, offset + PREVIOUS_OFFSET, expectedPlace, place);
  }

  /// The [ValueKind] code, flags included.
  public static int kind(MemorySegment memory, long offset) {
    return Byte.toUnsignedInt(memory.get(Layouts.U8, offset + KIND_OFFSET));
  }

  /// Bytes of the key.
  public static int keyBytes(MemorySegment memory, long offset) {
    return Short.toUnsignedInt(memory.get(Layouts.U16, offset + KEY_BYTES_OFFSET));
  }

  /// Bytes of the value.
  public static int valueBytes(MemorySegment memory, long offset) {
    return memory.get(Layouts.U32, offset + VALUE_BYTES_OFFSET);
  }

  /// Units of 8 bytes back to the batch's header, 0 outside of batches.
  public static int batchDistance(MemorySegment memory, long offset) {
    return memory.get(Layouts.U32, offset + BATCH_OFFSET);
  }

  /// Members of the batch this header opens.
  public static int members(MemorySegment memory, long offset) {
    return memory.get(Layouts.U32, offset + MEMBERS_OFFSET);
  }

  /// Writes all of a record's header but state, tag, checksum and previous.
  public static void describe(
      MemorySegment memory, long offset, int kind, int keyBytes, int valueBytes, int members) {
    memory.set(
        Layouts.U64, offset + KIND_OFFSET, (long) valueBytes << 32 | (long) keyBytes << 16 | kind);
    memory.set(Layouts.U64, offset + BATCH_OFFSET, (long) members << 32);
  }

  /// Writes how far back the batch's header stands.
  public static void setBatchDistance(MemorySegment memory, long offset, int distance) {
    memory.set(Layouts.U32, offset + BATCH_OFFSET, distance);
  }

  /// Writes the checksum of a record otherwise complete, its state still to come.
  ///
  /// @param checksums over all of `memory`
  public static void seal(
      MemorySegment memory,
      RangeChecksum checksums,
      long offset,
      long sequence,
      long publishedState) {
    int content = contentBytes(memory, offset);
    int checksum = headerChecksum(memory, offset, sequence, publishedState);
    if (content > 0) {
      checksum ^= checksums.of((int) offset + HEADER_BYTES, content);
    }
    memory.set(Layouts.U32, offset + CHECKSUM_OFFSET, checksum);
  }

  /// Whether a whole record of its own, a member, or the header of a batch stands at `offset`: tag,
  /// lengths, kind and checksum agree, and it ends at or below `limit`. For bytes of any origin;
  /// looks at none at or above `limit`.
  public static boolean isWhole(
      MemorySegment memory, long offset, long limit, int tag, long sequence) {
    if (limit - offset < HEADER_BYTES) {
      return false;
    }
    long state = state(memory, offset);
    int length = lengthBytes(state);
    int kind = kind(memory, offset);
    int keyBytes = keyBytes(memory, offset);
    int valueBytes = valueBytes(memory, offset);
    boolean batch = kind == ValueKind.BATCH;
    return isPublished(state, tag)
        && length <= limit - offset
        && valueBytes >= 0
        && lengthBytes(keyBytes, valueBytes) == length
        && memory.get(Layouts.U8, offset + KIND_OFFSET + 1) == 0
        && (batch ? keyBytes == 0 : ValueKind.isReadable(kind))
        && (batch ? members(memory, offset) > 0 : members(memory, offset) == 0)
        && memory.get(Layouts.U32, offset + CHECKSUM_OFFSET)
            == checksum(memory, offset, sequence, state);
  }

  private static int checksum(MemorySegment memory, long offset, long sequence, long state) {
    int content = contentBytes(memory, offset);
    int header = headerChecksum(memory, offset, sequence, state);
    return content == 0 ? header : header ^ Crc32c.of(memory, offset + HEADER_BYTES, content);
  }

  // A batch's members have checksums of their own: its header's covers the header alone.
  private static int contentBytes(MemorySegment memory, long offset) {
    return kind(memory, offset) == ValueKind.BATCH
        ? 0
        : keyBytes(memory, offset) + valueBytes(memory, offset);
  }

  private static int headerChecksum(MemorySegment memory, long offset, long sequence, long state) {
    long what = memory.get(Layouts.U64, offset + KIND_OFFSET);
    long where = memory.get(Layouts.U64, offset + BATCH_OFFSET);
    long mixed = fold(what ^ MIX_A, where ^ MIX_B) ^ fold(sequence ^ MIX_C, state ^ MIX_D);
    return (int) (mixed ^ mixed >>> 32);
  }

  private static long fold(long a, long b) {
    return Math.unsignedMultiplyHigh(a, b) ^ a * b;
  }
}
