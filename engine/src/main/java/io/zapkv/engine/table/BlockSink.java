package io.zapkv.engine.table;

import io.zapkv.engine.append.AppendStream;
import io.zapkv.engine.append.ChunkBuffer;
import io.zapkv.engine.base.Invariants;
import io.zapkv.engine.format.BlockDescriptor;
import io.zapkv.engine.format.Envelope;
import io.zapkv.engine.format.EnvelopeKind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Packs the blocks of one table into chunks and sends them.
///
/// **Threading.** One thread at a time.
///
/// **Memory.** One chunk of the stream at a time; the buffer for compressed bytes is in the
/// caller's arena.
final class BlockSink {
  private final AppendStream stream;
  private final long tableId;
  private final int payloadBytes;
  private final Compressor compressor = Compressor.best();
  private final GrowingBuffer compressed;
  private @Nullable ChunkBuffer chunk;
  private EnvelopeKind kind = EnvelopeKind.TABLE_DATA;
  private int usedBytes;
  private int ordinals;
  private int blockBytesMax;

  /// @param payloadBytes what a chunk holds before it is sent; a larger block goes alone
  BlockSink(AppendStream stream, long tableId, int payloadBytes, Arena arena) {
    this.stream = stream;
    this.tableId = tableId;
    this.payloadBytes = payloadBytes;
    this.compressed = new GrowingBuffer(arena, 8 << 10);
  }

  /// Sets what is in the chunks from here on. Requires: none is open.
  void begin(EnvelopeKind nextKind) {
    Invariants.check(chunk == null, "a chunk changes its kind");
    kind = nextKind;
  }

  /// Blocks so far.
  int blocks() {
    return ordinals;
  }

  /// Raw bytes of the largest block so far.
  int blockBytesMax() {
    return blockBytesMax;
  }

  /// Adds a block, compressed where that is worth it.
  IndexEntry.Piece addCompressed(MemorySegment block, ByteBuffer buffer, int rawBytes) {
    compressed.atLeast(compressor.lengthMax(rawBytes));
    int length = compressor.compress(buffer, rawBytes, compressed.buffer());
    return Compressor.isWorthwhile(rawBytes, length)
        ? add(compressed.segment(), length, BlockDescriptor.TYPE_LZ4, rawBytes)
        : add(block, rawBytes);
  }

  /// Adds a block as it is.
  IndexEntry.Piece add(MemorySegment block, int lengthBytes) {
    return add(block, lengthBytes, BlockDescriptor.TYPE_NONE, lengthBytes);
  }

  /// Sends the open chunk.
  void flush() {
    ChunkBuffer open = chunk;
    if (open != null) {
      chunk = null;
      stream.submit(open, kind, usedBytes);
      usedBytes = 0;
    }
  }

  /// Gives the open chunk back unsent.
  void discard() {
    ChunkBuffer open = chunk;
    if (open != null) {
      chunk = null;
      open.discard();
    }
  }

  private IndexEntry.Piece add(MemorySegment stored, int storedBytes, int type, int rawBytes) {
    int needed = storedBytes + BlockDescriptor.TRAILER_BYTES;
    if (usedBytes > 0 && usedBytes + needed > payloadBytes) {
      flush();
    }
    ChunkBuffer open = chunk;
    if (open == null) {
      open = stream.buffer();
      chunk = open;
      usedBytes = 0;
    }
    int offset = usedBytes;
    int ordinal = ordinals++;
    MemorySegment payload = open.payload();
    MemorySegment.copy(stored, 0, payload, offset, storedBytes);
    BlockDescriptor.seal(payload, offset, storedBytes, type, rawBytes, tableId, ordinal);
    usedBytes += needed;
    blockBytesMax = Math.max(blockBytesMax, rawBytes);
    // The chunk's ordinal is the next one: this stream is ours alone while the table is written.
    return new IndexEntry.Piece(
        stream.chunks(), Envelope.BYTES + offset, storedBytes, rawBytes, ordinal);
  }
}
