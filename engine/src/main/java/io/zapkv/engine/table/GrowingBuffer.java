package io.zapkv.engine.table;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Native memory that is as large as it ever had to be.
///
/// **Threading.** One thread at a time.
///
/// **Memory.** It lives in the owner's arena; a piece outgrown stays there until the arena closes,
/// which is bounded because each is at least twice the one before.
final class GrowingBuffer {
  private static final int ALIGNMENT = 64;

  private final Arena arena;
  private MemorySegment segment;
  private ByteBuffer buffer;

  GrowingBuffer(Arena arena, int lengthBytes) {
    this.arena = arena;
    this.segment = arena.allocate(lengthBytes, ALIGNMENT);
    this.buffer = view(segment);
  }

  /// Makes it at least `lengthBytes` long; what it held is lost if it has to grow.
  MemorySegment atLeast(int lengthBytes) {
    keep(0, lengthBytes);
    return segment;
  }

  /// Makes it at least `lengthBytes` long and keeps its first `keptBytes` bytes.
  void keep(int keptBytes, int lengthBytes) {
    if (lengthBytes > segment.byteSize()) {
      long grown = Math.min(Integer.MAX_VALUE, Math.max(lengthBytes, 2 * segment.byteSize()));
      MemorySegment larger = arena.allocate(grown, ALIGNMENT);
      MemorySegment.copy(segment, 0, larger, 0, keptBytes);
      segment = larger;
      buffer = view(larger);
    }
  }

  MemorySegment segment() {
    return segment;
  }

  /// The same bytes for what takes only a buffer: LZ4 and CRC-32C. Its position is never moved.
  ByteBuffer buffer() {
    return buffer;
  }

  private static ByteBuffer view(MemorySegment segment) {
    return segment.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }
}
