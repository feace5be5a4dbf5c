package io.zapkv.engine.read;

import java.lang.foreign.MemorySegment;

/// A reusable copy of a run of bytes, kept where the original is about to go away.
///
/// **Memory.** On the heap, grown to the longest run it held, freed with its owner.
final class CopiedBytes {
  private static final int BYTES_MIN = 64;

  private MemorySegment bytes = MemorySegment.NULL; // most cursors never turn back
  private int lengthBytes;

  void set(MemorySegment source, long offset, int length) {
    if (length > bytes.byteSize()) {
      long grown = Math.clamp(2L * length, BYTES_MIN, Integer.MAX_VALUE - 8);
      bytes = MemorySegment.ofArray(new byte[(int) grown]);
    }
    MemorySegment.copy(source, offset, bytes, 0, length);
    lengthBytes = length;
  }

  MemorySegment segment() {
    return bytes;
  }

  int length() {
    return lengthBytes;
  }
}
