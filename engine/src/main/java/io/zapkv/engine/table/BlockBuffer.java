package io.zapkv.engine.table;

import java.lang.foreign.Arena;

/// Private memory of one reader: a block as it is stored, the block, a leaf of the index, a key.
///
/// **Threading.** Whoever took it from the pool.
final class BlockBuffer {
  private static final int BLOCK_BYTES = 8 << 10;
  private static final int KEY_BYTES = 256;

  private final Arena arena = Arena.ofShared();
  private final GrowingBuffer stored = new GrowingBuffer(arena, BLOCK_BYTES);
  private final GrowingBuffer block = new GrowingBuffer(arena, BLOCK_BYTES);
  private final GrowingBuffer leaf = new GrowingBuffer(arena, BLOCK_BYTES);
  private final GrowingBuffer key = new GrowingBuffer(arena, KEY_BYTES);

  GrowingBuffer stored() {
    return stored;
  }

  GrowingBuffer block() {
    return block;
  }

  GrowingBuffer leaf() {
    return leaf;
  }

  GrowingBuffer key() {
    return key;
  }

  long heldBytes() {
    return stored.segment().byteSize()
        + block.segment().byteSize()
        + leaf.segment().byteSize()
        + key.segment().byteSize();
  }

  void free() {
    arena.close();
  }
}
