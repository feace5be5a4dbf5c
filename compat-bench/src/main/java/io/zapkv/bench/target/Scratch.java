package io.zapkv.bench.target;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// A buffer that entries are copied into, in the two shapes that engines ask for.
///
/// **Threading.** One thread at a time.
///
/// **Memory.** 1 MiB outside the Java heap, for as long as it is reachable. Longer entries are cut.
public final class Scratch {
  private static final int BYTES = 1 << 20;

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);
  private final MemorySegment segment = MemorySegment.ofBuffer(buffer);

  /// A new buffer.
  public Scratch() {}

  /// All of it, as a buffer from its start.
  ByteBuffer buffer() {
    return buffer.clear();
  }

  /// All of it, as a segment.
  MemorySegment segment() {
    return segment;
  }
}
