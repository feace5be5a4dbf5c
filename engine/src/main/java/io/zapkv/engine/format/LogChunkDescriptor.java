package io.zapkv.engine.format;

import java.lang.foreign.MemorySegment;

/// The first bytes of a log chunk's payload; bytes of the staging segment follow, as they stood
/// there, from the place on that the envelope's sequence names.
///
/// ```
///    0 synced u64           every record with a lower sequence was durable when this was written
///    8 tag u32              what the segment's records carry
///   12 zero u32
///   16 bytes of the segment, a multiple of 8; records may begin in one chunk and end in the next
/// ```
///
/// The envelope's file id is the segment's number. What is synced lets a reader tell a device that
/// lost what it had promised to keep from a power cut before the promise.
public final class LogChunkDescriptor {
  /// Bytes before those of the segment.
  public static final int HEADER_BYTES = 16;

  private static final int TAG_OFFSET = 8;
  private static final int ZERO_OFFSET = 12;

  private LogChunkDescriptor() {}

  /// Writes the header to the start of `payload`.
  public static void write(MemorySegment payload, long syncedSequence, int tag) {
    payload.set(Layouts.U64, 0, syncedSequence);
    payload.set(Layouts.U32, TAG_OFFSET, tag);
    payload.set(Layouts.U32, ZERO_OFFSET, 0);
  }

  /// Whether a payload of `payloadBytes` bytes at `sequence` can be a log chunk's.
  public static boolean isPlausible(long sequence, int payloadBytes) {
    return payloadBytes > HEADER_BYTES
        && payloadBytes % RecordDescriptor.ALIGNMENT == 0
        && sequence >= 0
        && sequence <= Trailer.SEQUENCE_MAX - payloadBytes;
  }

  /// Every record with a lower sequence was durable when the chunk was written.
  public static long syncedSequence(MemorySegment payload) {
    return payload.get(Layouts.U64, 0);
  }

  /// What the segment's records carry.
  public static int tag(MemorySegment payload) {
    return payload.get(Layouts.U32, TAG_OFFSET);
  }
}
