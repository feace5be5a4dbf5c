package io.zapkv.engine.compaction;

import java.util.List;
import java.util.Map;
import java.util.Set;
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
/// @param tight what is known of the zones where they are short; null where they are not
/// @param full a wish to bring everything to the last level, or null
public record CompactionState(
    List<CompactionChoice> running,
    long oldestSnapshot,
    long roomBlocks,
    int refused,
    @Nullable Tight tight,
    @Nullable FullCompaction full) {
  /// A state, its list copied.
  public CompactionState {
    running = List.copyOf(running);
  }

  /// What is known of the zones where they are short.
  ///
  /// @param sealedZones zones that take no more, where what is dead is lost until all that lives
  ///   there is gone, with the number of files that live in each
  /// @param roomBlocks blocks that a rewrite may take
  /// @param blockBytes of the device
  /// @param rewritten tables that were written anew since something else has changed: doing it
  ///   again would gain nothing, since a zone that is not full may have been finished for its slot
  /// @param isPressing whether rewrites come before merges, which have hardly a zone left
  public record Tight(
      Map<Integer, Integer> sealedZones,
      long roomBlocks,
      int blockBytes,
      Set<Long> rewritten,
      boolean isPressing) {
    /// A state of the zones, its collections copied.
    public Tight {
      sealedZones = Map.copyOf(sealedZones);
      rewritten = Set.copyOf(rewritten);
    }
  }
}
