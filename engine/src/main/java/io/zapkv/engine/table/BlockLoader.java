package io.zapkv.engine.table;

import io.zapkv.api.CorruptionException;
import io.zapkv.engine.append.BlockSource;
import io.zapkv.engine.cache.BlockCache;
import io.zapkv.engine.format.BlockDescriptor;
import io.zapkv.engine.format.BlockHandle;
import io.zapkv.engine.format.Envelope;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLongArray;

/// Brings blocks of one table to where they can be searched: from the cache, in place on a mapped
/// device, or from the device.
///
/// **Threading.** Any thread, inside the read gate but for [#copy].
///
/// **Failures.** [CorruptionException] for a block that is not what its handle and its checksum
/// say. No memory is taken for a length before it was checked.
final class BlockLoader {
  private final long tableId;
  private final TableContext context;
  private final BlockSource source;
  private final BlockCache cache;
  private final int dataBlocks;
  private final int blockBytesMax;
  private final Compressor compressor = Compressor.best();

  /// One bit for each data block that is searched in place: its checksum was looked at since the
  /// table was opened. A bit lost to a race means to look once more.
  private final AtomicLongArray checked;

  BlockLoader(long tableId, TableContext context, int dataBlocks, int blockBytesMax) {
    this.tableId = tableId;
    this.context = context;
    this.source = context.source();
    this.cache = context.cache();
    this.dataBlocks = dataBlocks;
    this.blockBytesMax = blockBytesMax;
    this.checked = new AtomicLongArray(Math.ceilDiv(dataBlocks, Long.SIZE));
  }

  /// Points `slot` at the block whose handle is at `at`; what was read is kept in the cache.
  void fetch(MemorySegment handles, long at, BlockSlot slot) {
    int ordinal = BlockHandle.ordinal(handles, at);
    int rawBytes = BlockHandle.rawBytes(handles, at);
    if (rawBytes == BlockHandle.storedBytes(handles, at)
        && ordinal >= 0
        && ordinal < dataBlocks
        && pointInPlace(handles, at, slot)) {
      return;
    }
    long place = cache.find(tableId, ordinal);
    if (place != BlockCache.NOT_CACHED) {
      slot.point(cache.segment(place), BlockCache.offset(place), rawBytes);
      return;
    }
    BlockBuffer buffer = slot.buffer(context.buffers());
    load(handles, at, buffer.stored(), buffer.block());
    MemorySegment block = buffer.block().segment();
    cache.insert(tableId, ordinal, block, 0, rawBytes);
    slot.point(block, 0, rawBytes);
  }

  /// Copies the block whose handle is at `at` to `target`; enters the read gate by itself.
  ///
  /// @param keep whether a block that was read is kept in the cache, too
  void copy(
      MemorySegment handles, long at, GrowingBuffer stored, GrowingBuffer target, boolean keep) {
    int ticket = cache.gate().enter();
    try {
      copyInsideGate(handles, at, stored, target, keep);
    } finally {
      cache.gate().exit(ticket);
    }
  }

  private void copyInsideGate(
      MemorySegment handles, long at, GrowingBuffer stored, GrowingBuffer target, boolean keep) {
    int ordinal = BlockHandle.ordinal(handles, at);
    int rawBytes = BlockHandle.rawBytes(handles, at);
    long place = cache.find(tableId, ordinal);
    if (place != BlockCache.NOT_CACHED) {
      target.atLeast(rawBytes);
      MemorySegment.copy(
          cache.segment(place), BlockCache.offset(place), target.segment(), 0, rawBytes);
      return;
    }
    load(handles, at, stored, target);
    if (keep && !isInPlace(handles, at)) {
      cache.insert(tableId, ordinal, target.segment(), 0, rawBytes);
    }
  }

  /// Reads the block whose handle is at `at` from the device to `target`, all of it checked.
  void load(MemorySegment handles, long at, GrowingBuffer stored, GrowingBuffer target) {
    checkHandle(handles, at);
    long address = BlockHandle.address(handles, at);
    int offset = BlockHandle.offsetBytes(handles, at);
    int storedBytes = BlockHandle.storedBytes(handles, at);
    int rawBytes = BlockHandle.rawBytes(handles, at);
    int needed = storedBytes + BlockDescriptor.TRAILER_BYTES;
    MemorySegment from = source.inPlace(address);
    long begin;
    if (from != null && source.zoneOffset(address) + offset + needed <= from.byteSize()) {
      begin = source.zoneOffset(address) + offset;
    } else {
      from = stored.atLeast(needed);
      source.read(address, offset, from.asSlice(0, needed));
      begin = 0;
    }
    checkBlock(handles, at, from, begin);
    target.atLeast(rawBytes);
    switch (BlockDescriptor.type(from, begin, storedBytes)) {
      case BlockDescriptor.TYPE_NONE -> {
        expect(handles, at, "as many stored as raw bytes", storedBytes == rawBytes);
        MemorySegment.copy(from, begin, target.segment(), 0, rawBytes);
      }
      case BlockDescriptor.TYPE_LZ4 -> {
        ByteBuffer bytes = from.asSlice(begin, storedBytes).asByteBuffer();
        expect(
            handles,
            at,
            "LZ4 of as many bytes as the handle says",
            storedBytes < rawBytes
                && compressor.decompress(bytes, 0, storedBytes, target.buffer(), rawBytes));
      }
      default -> throw corrupt(handles, at, "a known type of block", "another");
    }
  }

  private boolean isInPlace(MemorySegment handles, long at) {
    return BlockHandle.rawBytes(handles, at) == BlockHandle.storedBytes(handles, at)
        && BlockHandle.ordinal(handles, at) < dataBlocks
        && source.inPlace(BlockHandle.address(handles, at)) != null;
  }

  private boolean pointInPlace(MemorySegment handles, long at, BlockSlot slot) {
    long address = BlockHandle.address(handles, at);
    MemorySegment zone = source.inPlace(address);
    if (zone == null) {
      return false;
    }
    long begin = source.zoneOffset(address) + BlockHandle.offsetBytes(handles, at);
    int ordinal = BlockHandle.ordinal(handles, at);
    long word = checked.getPlain(ordinal / Long.SIZE);
    if ((word & 1L << ordinal) == 0) {
      checkHandle(handles, at);
      int bytes = BlockHandle.storedBytes(handles, at);
      expect(
          handles,
          at,
          "a block inside the zone",
          begin + bytes + BlockDescriptor.TRAILER_BYTES <= zone.byteSize());
      checkBlock(handles, at, zone, begin);
      expect(
          handles,
          at,
          "a block that is not compressed",
          BlockDescriptor.type(zone, begin, bytes) == BlockDescriptor.TYPE_NONE);
      checked.setPlain(ordinal / Long.SIZE, checked.getPlain(ordinal / Long.SIZE) | 1L << ordinal);
    }
    slot.point(zone, begin, BlockHandle.rawBytes(handles, at));
    return true;
  }

  private void checkHandle(MemorySegment handles, long at) {
    int storedBytes = BlockHandle.storedBytes(handles, at);
    int rawBytes = BlockHandle.rawBytes(handles, at);
    expect(
        handles,
        at,
        "lengths that are possible",
        BlockHandle.offsetBytes(handles, at) >= Envelope.BYTES
            && BlockDescriptor.isPossible(storedBytes, rawBytes, blockBytesMax));
  }

  private void checkBlock(MemorySegment handles, long at, MemorySegment bytes, long begin) {
    int storedBytes = BlockHandle.storedBytes(handles, at);
    expect(
        handles,
        at,
        "a block with its checksum",
        BlockDescriptor.isWhole(
                bytes, begin, storedBytes, tableId, BlockHandle.ordinal(handles, at))
            && BlockDescriptor.rawBytes(bytes, begin, storedBytes)
                == BlockHandle.rawBytes(handles, at));
  }

  private void expect(MemorySegment handles, long at, String expected, boolean holds) {
    if (!holds) {
      throw corrupt(handles, at, expected, "another");
    }
  }

  private CorruptionException corrupt(MemorySegment handles, long at, String expected, String got) {
    BlockHandle handle = BlockHandle.read(handles, at);
    return context.corrupt(
        tableId, handle.address(), "block " + handle.ordinal(), expected, got + ": " + handle);
  }
}
