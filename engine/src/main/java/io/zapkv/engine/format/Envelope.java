package io.zapkv.engine.format;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The first 64 bytes of every chunk, that is, of everything ZapKV appends to a zone: enough to say
/// whose bytes these are, and to tell a stale or misplaced chunk from the one that was meant (F14).
///
/// ```
///    0 magic "ZAPK" u32      4 version u16   6 kind u8   7 flags u8 (0)
///    8 store id u64
///   16 zone u32             20 generation of the zone u32
///   24 epoch u32            28 ordinal within the file u32
///   32 file id u64
///   40 sequence u64 (log: of the first byte; else 0)
///   48 payload bytes u32    52 payload checksum u32
///   56 zero u32             60 checksum of bytes 0 to 59 u32
/// ```
///
/// The payload follows; zeros fill the chunk's last device block.
///
/// @param kind what the payload is
/// @param storeId drawn at random when the store was made
/// @param zone the zone this chunk was sent to
/// @param generation how often that zone had been reset (D19)
/// @param epoch how often the store had been opened for writing: fences a dead writer
/// @param ordinal the chunk's number within its file, or the edit's number in the journal
/// @param fileId the table, or the log segment's number; 0 for metadata
/// @param sequence for a log chunk the sequence of its first byte
/// @param payloadBytes bytes behind the envelope
/// @param payloadChecksum CRC-32C over these
public record Envelope(
    EnvelopeKind kind,
    long storeId,
    int zone,
    int generation,
    int epoch,
    int ordinal,
    long fileId,
    long sequence,
    int payloadBytes,
    int payloadChecksum) {
  /// Bytes an envelope takes.
  public static final int BYTES = 64;

  /// The format written by this release; others are refused by name.
  public static final int VERSION = 1;

  private static final int MAGIC = 0x4B50_415A; // "ZAPK" in memory order
  private static final int VERSION_OFFSET = 4;
  private static final int KIND_OFFSET = 6;
  private static final int FLAGS_OFFSET = 7;
  private static final int STORE_OFFSET = 8;
  private static final int ZONE_OFFSET = 16;
  private static final int GENERATION_OFFSET = 20;
  private static final int EPOCH_OFFSET = 24;
  private static final int ORDINAL_OFFSET = 28;
  private static final int FILE_OFFSET = 32;
  private static final int SEQUENCE_OFFSET = 40;
  private static final int PAYLOAD_BYTES_OFFSET = 48;
  private static final int PAYLOAD_CHECKSUM_OFFSET = 52;
  private static final int ZERO_OFFSET = 56;
  private static final int CHECKSUM_OFFSET = 60;

  /// Writes the envelope to the first bytes of `chunk`.
  public void write(MemorySegment chunk) {
    chunk.set(Layouts.U32, 0, MAGIC);
    chunk.set(Layouts.U16, VERSION_OFFSET, (short) VERSION);
    chunk.set(Layouts.U8, KIND_OFFSET, (byte) kind.code());
    chunk.set(Layouts.U8, FLAGS_OFFSET, (byte) 0);
    chunk.set(Layouts.U64, STORE_OFFSET, storeId);
    chunk.set(Layouts.U32, ZONE_OFFSET, zone);
    chunk.set(Layouts.U32, GENERATION_OFFSET, generation);
    chunk.set(Layouts.U32, EPOCH_OFFSET, epoch);
    chunk.set(Layouts.U32, ORDINAL_OFFSET, ordinal);
    chunk.set(Layouts.U64, FILE_OFFSET, fileId);
    chunk.set(Layouts.U64, SEQUENCE_OFFSET, sequence);
    chunk.set(Layouts.U32, PAYLOAD_BYTES_OFFSET, payloadBytes);
    chunk.set(Layouts.U32, PAYLOAD_CHECKSUM_OFFSET, payloadChecksum);
    chunk.set(Layouts.U32, ZERO_OFFSET, 0);
    chunk.set(Layouts.U32, CHECKSUM_OFFSET, Crc32c.of(chunk, 0, CHECKSUM_OFFSET));
  }

  /// The envelope at the start of `chunk`, or null where there is none that is whole and of this
  /// format version. The payload's checksum is not looked at, see [#payloadIsWhole].
  public static @Nullable Envelope read(MemorySegment chunk) {
    if (!isWhole(chunk) || version(chunk) != VERSION) {
      return null;
    }
    EnvelopeKind kind = EnvelopeKind.ofCode(chunk.get(Layouts.U8, KIND_OFFSET));
    int payloadBytes = chunk.get(Layouts.U32, PAYLOAD_BYTES_OFFSET);
    if (kind == null || payloadBytes < 0) {
      return null;
    }
    return new Envelope(
        kind,
        chunk.get(Layouts.U64, STORE_OFFSET),
        chunk.get(Layouts.U32, ZONE_OFFSET),
        chunk.get(Layouts.U32, GENERATION_OFFSET),
        chunk.get(Layouts.U32, EPOCH_OFFSET),
        chunk.get(Layouts.U32, ORDINAL_OFFSET),
        chunk.get(Layouts.U64, FILE_OFFSET),
        chunk.get(Layouts.U64, SEQUENCE_OFFSET),
        payloadBytes,
        chunk.get(Layouts.U32, PAYLOAD_CHECKSUM_OFFSET));
  }

  /// Whether `chunk` begins with a whole envelope, of whatever version.
  public static boolean isWhole(MemorySegment chunk) {
    return chunk.byteSize() >= BYTES
        && chunk.get(Layouts.U32, 0) == MAGIC
        && chunk.get(Layouts.U32, CHECKSUM_OFFSET) == Crc32c.of(chunk, 0, CHECKSUM_OFFSET);
  }

  /// The format version of a whole envelope.
  public static int version(MemorySegment chunk) {
    return Short.toUnsignedInt(chunk.get(Layouts.U16, VERSION_OFFSET));
  }

  /// Whether the payload behind the envelope is all there and is what was written.
  public boolean payloadIsWhole(MemorySegment chunk) {
    return payloadBytes <= chunk.byteSize() - BYTES
        && Crc32c.of(chunk, BYTES, payloadBytes) == payloadChecksum;
  }

  /// This envelope for a chunk that is sent to another zone.
  public Envelope sentTo(int otherZone, int otherGeneration) {
    return new Envelope(
        kind,
        storeId,
        otherZone,
        otherGeneration,
        epoch,
        ordinal,
        fileId,
        sequence,
        payloadBytes,
        payloadChecksum);
  }

  /// Bytes the whole chunk takes on a device with blocks of `blockBytes`.
  public int chunkBytes(int blockBytes) {
    return Math.ceilDiv(BYTES + payloadBytes, blockBytes) * blockBytes;
  }
}
