package io.zapkv.engine.table;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Where one reader finds the block it asked for last: in the cache, on the mapped device, or in a
/// buffer of its own.
///
/// **Threading.** One thread at a time.
///
/// **Memory.** Its buffer is borrowed from the store's pool when it is first needed.
final class BlockSlot {
  private MemorySegment segment = MemorySegment.NULL;
  private long offset;
  private int length;
  private @Nullable BlockBuffer buffer;
  private @Nullable BlockBuffers pool;

  MemorySegment segment() {
    return segment;
  }

  long offset() {
    return offset;
  }

  int length() {
    return length;
  }

  void point(MemorySegment to, long at, int lengthBytes) {
    segment = to;
    offset = at;
    length = lengthBytes;
  }

  BlockBuffer buffer(BlockBuffers from) {
    BlockBuffer now = buffer;
    if (now == null) {
      now = from.take();
      buffer = now;
      pool = from;
    }
    return now;
  }

  /// Gives the buffer back.
  void close() {
    point(MemorySegment.NULL, 0, 0);
    BlockBuffer now = buffer;
    BlockBuffers from = pool;
    if (now != null && from != null) {
      buffer = null;
      from.giveBack(now);
    }
  }
}
