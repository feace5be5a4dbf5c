package io.zapkv.engine.table;

import io.zapkv.engine.append.AppendStream;
import io.zapkv.engine.format.BlockDescriptor;

/// Counts how blocks fill chunks and chunks fill device blocks: arithmetic only, nothing is sent.
///
/// **Threading.** One thread at a time.
final class ChunkRoom {
  private final AppendStream stream;
  private final int payloadBytes;
  private long closedBlocks;
  private int usedBytes;

  /// @param payloadBytes what a chunk holds before it is sent; a larger block goes alone
  ChunkRoom(AppendStream stream, int payloadBytes) {
    this.stream = stream;
    this.payloadBytes = payloadBytes;
  }

  void copy(ChunkRoom other) {
    closedBlocks = other.closedBlocks;
    usedBytes = other.usedBytes;
  }

  /// Whether a block of `storedBytes` goes to the chunk that is open.
  boolean takes(int storedBytes) {
    return usedBytes == 0
        || usedBytes + storedBytes + BlockDescriptor.TRAILER_BYTES <= payloadBytes;
  }

  /// Adds a block, to a new chunk where the open one does not take it; returns its offset in the
  /// payload.
  int add(int storedBytes) {
    if (!takes(storedBytes)) {
      close();
    }
    int offset = usedBytes;
    usedBytes += storedBytes + BlockDescriptor.TRAILER_BYTES;
    return offset;
  }

  int usedBytes() {
    return usedBytes;
  }

  /// Sends the open chunk.
  void close() {
    if (usedBytes > 0) {
      closedBlocks += stream.chunkBlocks(usedBytes);
      usedBytes = 0;
    }
  }

  /// Device blocks of the chunks closed.
  long closedBlocks() {
    return closedBlocks;
  }
}
