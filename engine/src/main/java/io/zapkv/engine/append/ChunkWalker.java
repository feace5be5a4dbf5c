package io.zapkv.engine.append;

import io.zapkv.engine.base.Invariants;
import io.zapkv.engine.format.Envelope;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Finds the chunks of one zone by their envelopes, front to back, without knowing where any of
/// them landed: what recovery and inspection do.
///
/// A block without a whole chunk (a hole, F5; a torn append, F4; one of another zone, F14) is
/// stepped over, and the search goes on at the next block.
///
/// ```
///   while (walker.next()) { use walker.envelope(), walker.address(), walker.payload() }
/// ```
///
/// **Threading.** One thread.
///
/// **Memory.** The payload is good until the next step.
public final class ChunkWalker implements AutoCloseable {
  private final BlockSource source;
  private final int zone;
  private final long endBlock;
  private final int blockBytes;

  private Arena arena = Arena.ofShared();
  private MemorySegment buffer;
  private long nextBlock;
  private long block;
  private long badBlocks;
  private boolean hasUnreadable;
  private int versionSeen;
  private @Nullable Envelope envelope;
  private MemorySegment chunk = MemorySegment.NULL;

  /// Walks the blocks of `zone` below `endBlock`, the reported write pointer or the capacity.
  public ChunkWalker(BlockSource source, int zone, long endBlock) {
    this.source = source;
    this.zone = zone;
    this.endBlock = endBlock;
    blockBytes = source.device().geometry().blockBytes();
    buffer = arena.allocate(blockBytes, 64);
  }

  /// Moves to the next chunk whose envelope names this zone and whose payload is whole; its
  /// generation is for the caller to judge.
  public boolean next() {
    while (nextBlock < endBlock) {
      block = nextBlock;
      Envelope found = chunkAt(block);
      if (found != null) {
        envelope = found;
        nextBlock = block + found.chunkBytes(blockBytes) / blockBytes;
        return true;
      }
      badBlocks++;
      nextBlock = block + 1;
    }
    envelope = null;
    return false;
  }

  private @Nullable Envelope chunkAt(long at) {
    MemorySegment first = bytes(at, blockBytes);
    if (first == null || !Envelope.isWhole(first)) {
      return null;
    }
    versionSeen = Math.max(versionSeen, Envelope.version(first));
    Envelope found = Envelope.read(first);
    long room = (endBlock - at) * blockBytes - Envelope.BYTES;
    if (found == null || found.zone() != zone || found.payloadBytes() > room) {
      return null;
    }
    MemorySegment whole = bytes(at, found.chunkBytes(blockBytes));
    if (whole == null || !found.payloadIsWhole(whole)) {
      return null;
    }
    chunk = whole;
    return found;
  }

  /// Bytes from the start of a block on, in place where the device is mapped; null where they
  /// cannot be read.
  private @Nullable MemorySegment bytes(long at, int length) {
    long address = ZoneAddress.of(zone, at);
    MemorySegment mapped = source.inPlace(address);
    if (mapped != null) {
      return mapped.asSlice(source.zoneOffset(address), length);
    }
    if (buffer.byteSize() < length) {
      arena.close();
      arena = Arena.ofShared();
      buffer = arena.allocate(length, 64);
    }
    MemorySegment target = buffer.asSlice(0, length);
    ZoneFailure failure = source.tryRead(address, target);
    hasUnreadable |= failure == ZoneFailure.MEDIA_READ; // F12
    return failure == null ? target : null;
  }

  /// The chunk's envelope.
  public Envelope envelope() {
    Envelope current = envelope;
    if (current == null) {
      throw new AssertionError("the walker is at no chunk");
    }
    return current;
  }

  /// Where the chunk lies.
  public long address() {
    Invariants.check(envelope != null, "the walker is at no chunk");
    return ZoneAddress.of(zone, block);
  }

  /// The chunk's payload.
  public MemorySegment payload() {
    return chunk.asSlice(Envelope.BYTES, envelope().payloadBytes());
  }

  /// Blocks stepped over so far because no whole chunk begins there.
  public long badBlocks() {
    return badBlocks;
  }

  /// Whether any block so far was written and cannot be read: it is among the bad ones, and may
  /// have been part of a chunk.
  public boolean hasUnreadable() {
    return hasUnreadable;
  }

  /// The highest format version met so far, in whole envelopes only; 0 where there was none. Chunks
  /// of a version above [Envelope#VERSION] count as bad blocks.
  public int versionSeen() {
    return versionSeen;
  }

  /// Frees the buffer.
  @Override
  public void close() {
    arena.close();
  }
}
