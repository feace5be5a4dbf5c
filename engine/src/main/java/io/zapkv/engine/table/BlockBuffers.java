package io.zapkv.engine.table;

import io.zapkv.engine.base.MemoryBudget;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// Buffers of readers and cursors that are done, for the next: freeing one costs as much as twenty
/// lookups. One for a store.
///
/// **Threading.** Any thread; nobody waits.
///
/// **Memory.** Pooled buffers are charged to the budget. A buffer that grew beyond a megabyte, or
/// for which there is no place, is freed instead.
public final class BlockBuffers implements AutoCloseable {
  private static final int PLACES = 64;
  private static final long POOLED_BYTES_MAX = 1 << 20;

  private final AtomicReferenceArray<BlockBuffer> pooled = new AtomicReferenceArray<>(PLACES);
  private final MemoryBudget budget;

  /// An empty pool.
  public BlockBuffers(MemoryBudget budget) {
    this.budget = budget;
  }

  BlockBuffer take() {
    for (int place = 0; place < PLACES; place++) {
      if (pooled.get(place) != null) {
        BlockBuffer buffer = pooled.getAndSet(place, null);
        if (buffer != null) {
          budget.release(MemoryBudget.Use.BUFFER, buffer.heldBytes());
          return buffer;
        }
      }
    }
    return new BlockBuffer();
  }

  void giveBack(BlockBuffer buffer) {
    long bytes = buffer.heldBytes();
    if (bytes <= POOLED_BYTES_MAX) {
      budget.charge(MemoryBudget.Use.BUFFER, bytes);
      for (int place = 0; place < PLACES; place++) {
        if (pooled.get(place) == null && pooled.compareAndSet(place, null, buffer)) {
          return;
        }
      }
      budget.release(MemoryBudget.Use.BUFFER, bytes);
    }
    buffer.free();
  }

  /// Frees what is pooled. Requires: nobody takes or gives any more.
  @Override
  public void close() {
    for (int place = 0; place < PLACES; place++) {
      BlockBuffer buffer = pooled.getAndSet(place, null);
      if (buffer != null) {
        budget.release(MemoryBudget.Use.BUFFER, buffer.heldBytes());
        buffer.free();
      }
    }
  }
}
