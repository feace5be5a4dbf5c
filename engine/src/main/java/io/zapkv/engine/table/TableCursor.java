package io.zapkv.engine.table;

import io.zapkv.engine.format.BlockHandle;
import io.zapkv.engine.format.InternalCursor;
import java.lang.foreign.MemorySegment;

/// Walks a table, a block at a time, in memory of its own.
///
/// **Threading.** One thread at a time. It enters the read gate for each block it opens, and needs
/// it for nothing else.
///
/// **Memory.** One leaf, one data block, one key, copied: between steps it looks at nothing that
/// may be evicted or reset. A block it seeks to is kept in the cache; blocks it walks on to are
/// not, so that a scan does not push out what is asked for.
final class TableCursor implements InternalCursor {
  private static final int NONE = -1;

  private final long tableId;
  private final TableIndex index;
  private final BlockLoader loader;
  private final BlockBuffers pool;
  private final BlockBuffer buffer;
  private final BlockReader leafBlock = new BlockReader();
  private final BlockCursor block;
  private int leaf = NONE;
  private int entry = NONE;
  private boolean valid;
  private boolean closed;

  TableCursor(long tableId, TableIndex index, BlockLoader loader, BlockBuffers pool) {
    this.tableId = tableId;
    this.index = index;
    this.loader = loader;
    this.pool = pool;
    this.buffer = pool.take();
    this.block = new BlockCursor(buffer.key());
  }

  @Override
  public boolean isValid() {
    return valid;
  }

  @Override
  public void first() {
    valid = false;
    openLeaf(0);
    openBlock(0, true);
    block.first();
    valid = true;
  }

  @Override
  public void last() {
    valid = false;
    openLeaf(index.leaves() - 1);
    openBlock(leafBlock.restartCount() - 1, true);
    block.last();
    valid = true;
  }

  @Override
  public void seek(MemorySegment key, long keyOffset, int keyLength, long sequence) {
    valid = false;
    openLeaf(index.floor(key, keyOffset, keyLength, sequence));
    openBlock(leafBlock.seekFloor(key, keyOffset, keyLength, sequence), true);
    block.seek(key, keyOffset, keyLength, sequence);
    valid = block.isValid() || firstOfNext();
  }

  @Override
  public void next() {
    valid = false;
    block.next();
    valid = block.isValid() || firstOfNext();
  }

  @Override
  public void prev() {
    valid = false;
    block.prev();
    valid = block.isValid() || lastOfPrevious();
  }

  @Override
  public MemorySegment keySegment() {
    return block.keySegment();
  }

  @Override
  public long keyOffset() {
    return block.keyOffset();
  }

  @Override
  public int keyLength() {
    return block.keyLength();
  }

  @Override
  public long sequence() {
    return block.sequence();
  }

  @Override
  public int kind() {
    return block.kind();
  }

  @Override
  public MemorySegment valueSegment() {
    return block.valueSegment();
  }

  @Override
  public long valueOffset() {
    return block.valueOffset();
  }

  @Override
  public int valueLength() {
    return block.valueLength();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      valid = false;
      block.close();
      leafBlock.forget();
      pool.giveBack(buffer);
    }
  }

  private boolean firstOfNext() {
    if (entry + 1 < leafBlock.restartCount()) {
      openBlock(entry + 1, false);
    } else if (leaf + 1 < index.leaves()) {
      openLeaf(leaf + 1);
      openBlock(0, false);
    } else {
      return false;
    }
    block.first();
    return true;
  }

  private boolean lastOfPrevious() {
    if (entry > 0) {
      openBlock(entry - 1, false);
    } else if (leaf > 0) {
      openLeaf(leaf - 1);
      openBlock(leafBlock.restartCount() - 1, false);
    } else {
      return false;
    }
    block.last();
    return true;
  }

  private void openLeaf(int number) {
    if (number != leaf) {
      leaf = NONE; // until the leaf is read whole
      entry = NONE;
      MemorySegment handles = index.memory();
      long at = index.leafHandle(number);
      loader.copy(handles, at, buffer.stored(), buffer.leaf(), true);
      leafBlock.open(
          buffer.leaf().segment(),
          0,
          BlockHandle.rawBytes(handles, at),
          tableId,
          BlockHandle.ordinal(handles, at));
      leaf = number;
    }
  }

  private void openBlock(int number, boolean keep) {
    if (number != entry) {
      entry = NONE;
      leafBlock.decodeRestart(number);
      MemorySegment handles = leafBlock.block();
      long at = TableReader.handleOf(leafBlock);
      loader.copy(handles, at, buffer.stored(), buffer.block(), keep);
      block.open(
          buffer.block().segment(),
          0,
          BlockHandle.rawBytes(handles, at),
          tableId,
          BlockHandle.ordinal(handles, at));
      entry = number;
    }
  }
}
