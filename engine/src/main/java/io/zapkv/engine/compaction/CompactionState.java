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
///   merged a slice at a time
/// @param refused how many bounded merges have found no room in this state: the one after these is
///   chosen
/// @param full a wish to bring everything to the last level, or null
public record CompactionState(
    List<CompactionChoice> running,
    long oldestSnapshot,
    long roomBlocks,
    int refused,
    @Nullable FullCompaction full) {
  /// A state, its list copied.
  public CompactionState {
    running = List.copyOf(running);
  }
}
