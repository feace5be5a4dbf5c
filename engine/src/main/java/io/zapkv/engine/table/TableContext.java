package io.zapkv.engine.table;

import io.zapkv.api.CorruptionException;
import io.zapkv.engine.append.BlockSource;
import io.zapkv.engine.base.MemoryBudget;
import io.zapkv.engine.cache.BlockCache;
import io.zapkv.zns.ZoneAddress;

/// What all tables of a store read with.
///
/// @param storeId what every envelope has to say
/// @param source reads the device
/// @param cache keeps blocks
/// @param buffers lends private memory
/// @param budget is charged with indexes
public record TableContext(
    long storeId, BlockSource source, BlockCache cache, BlockBuffers buffers, MemoryBudget budget) {
  /// What is wrong at one place of a table.
  CorruptionException corrupt(
      long tableId, long address, String what, String expected, String got) {
    return new CorruptionException(
        source.device().name()
            + ": table "
            + tableId
            + ", chunk "
            + ZoneAddress.print(address)
            + ", "
            + what,
        expected,
        got);
  }
}
