package io.zapkv.engine.read;

import java.lang.foreign.MemorySegment;

/// A reusable copy of a run of bytes, kept where the original is about to go away.
///
/// **Memory.** On the heap, grown to the longest run it held, freed with its owner.
final class CopiedBytes {
  private MemorySegment bytes = MemorySegment.ofArray(new byte[64]);
  private int lengthBytes;

  void set(MemorySegment source, long offset, int length) {
    if (length > bytes.byteSize()) {
      bytes = MemorySegment.ofArray(new byte[(int) Math.min(Integer.MAX_VALUE - 8, 2L * length)]);
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
