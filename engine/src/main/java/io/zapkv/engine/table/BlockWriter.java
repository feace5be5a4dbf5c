package io.zapkv.engine.table;

import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.BlockDescriptor;
import io.zapkv.engine.format.Layouts;
import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.format.Varints;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Builds one data or index block after another in one buffer, see [BlockDescriptor].
///
/// **Threading.** One thread at a time.
///
/// **Memory.** The buffers live in the caller's arena and are reused; they grow to the largest
/// block. An entry allocates nothing.
final class BlockWriter {
  private static final int BUFFER_BYTES_MIN = 8 << 10;

  private final GrowingBuffer block;
  private final GrowingBuffer lastKey;
  private final int restartInterval;
  private int[] restarts = new int[64];
  private int restartCount;
  private int sinceRestart;
  private int entryBytes;
  private int lastKeyLength;

  BlockWriter(Arena arena, int restartInterval) {
    this.block = new GrowingBuffer(arena, BUFFER_BYTES_MIN);
    this.lastKey = new GrowingBuffer(arena, 256);
    this.restartInterval = restartInterval;
  }

  boolean isEmpty() {
    return restartCount == 0;
  }

  /// The block's length if it were finished now.
  int lengthBytes() {
    return entryBytes + (restartCount + 1) * Integer.BYTES;
  }

  /// Appends an entry. Requires: it follows the last one in internal order.
  void add(
      MemorySegment key,
      long keyOffset,
      int keyLength,
      long trailer,
      MemorySegment value,
      long valueOffset,
      int valueLength) {
    int shared = 0;
    if (sinceRestart == restartInterval || restartCount == 0) {
      startRestart();
    } else {
      shared = Keys.commonPrefix(lastKey.segment(), 0, lastKeyLength, key, keyOffset, keyLength);
    }
    int suffix = keyLength - shared;
    long needed = entryBytes + BlockDescriptor.entryBytesMax(keyLength, valueLength);
    block.keep(entryBytes, Math.toIntExact(needed + (restartCount + 1L) * Integer.BYTES));
    MemorySegment to = block.segment();
    long at = Varints.write(to, entryBytes, shared);
    at = Varints.write(to, at, suffix);
    at = Varints.write(to, at, valueLength);
    MemorySegment.copy(key, keyOffset + shared, to, at, suffix);
    at += suffix;
    to.set(Layouts.U64, at, trailer);
    at += Trailer.BYTES;
    MemorySegment.copy(value, valueOffset, to, at, valueLength);
    entryBytes = (int) at + valueLength;
    sinceRestart++;
    lastKey.keep(shared, keyLength);
    MemorySegment.copy(key, keyOffset + shared, lastKey.segment(), shared, suffix);
    lastKeyLength = keyLength;
  }

  /// Writes the restart table; the block is then the first `lengthBytes` bytes of [#segment].
  int finish() {
    int length = lengthBytes();
    long at = entryBytes;
    for (int i = 0; i < restartCount; i++, at += Integer.BYTES) {
      block.segment().set(Layouts.U32, at, restarts[i]);
    }
    block.segment().set(Layouts.U32, at, restartCount);
    return length;
  }

  /// Begins the next block; the last key is still to be had.
  void reset() {
    restartCount = 0;
    sinceRestart = 0;
    entryBytes = 0;
  }

  /// The key added last, in whichever block; its first [#lastKeyLength] bytes.
  MemorySegment lastKey() {
    return lastKey.segment();
  }

  int lastKeyLength() {
    return lastKeyLength;
  }

  MemorySegment segment() {
    return block.segment();
  }

  ByteBuffer buffer() {
    return block.buffer();
  }

  private void startRestart() {
    if (restartCount == restarts.length) {
      restarts = Arrays.copyOf(restarts, 2 * restartCount);
    }
    restarts[restartCount++] = entryBytes;
    sinceRestart = 0;
  }
}
