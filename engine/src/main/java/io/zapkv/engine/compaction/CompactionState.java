package io.zapkv.engine.compaction;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a choice depends on besides the version.
///
/// @param running choices made and not yet in the version: their tables and the ranges they write
///   are left alone
/// @param oldestSnapshot the oldest sequence somebody still reads at; the greatest there is when
///   nobody does
/// @param roomBlocks blocks that outputs may take; the inputs together must take no more, or be
///   merged in part
/// @param daring 0 where only what fits is chosen. On a full device nothing may, and deletions make
///   room as they are merged: then the how-manieth smallest merge to try, from 1 on, although it
///   would not fit if all its entries stayed
/// @param full a wish to bring everything to the last level, or null
public record CompactionState(
    List<CompactionChoice> running,
    long oldestSnapshot,
    long roomBlocks,
    int daring,
    @Nullable FullCompaction full) {
  /// A state, its list copied.
  public CompactionState {
    running = List.copyOf(running);
  }
}
