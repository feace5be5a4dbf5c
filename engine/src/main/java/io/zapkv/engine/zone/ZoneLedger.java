package io.zapkv.engine.zone;

import io.zapkv.engine.base.Invariants;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/// What lives in each zone: its generation, how many files have chunks in it, and how many blocks
/// those take.
///
/// A file (a table, a piece of the log) counts from its first chunk on, by its stream, until
/// [#drop]; so a zone with a table that is not published yet never looks dead.
///
/// **Threading.** Any thread.
public final class ZoneLedger {
  private final AtomicIntegerArray generations;
  private final AtomicIntegerArray files;
  private final AtomicLongArray blocks;

  /// A ledger of as many zones as there are generations, in which nothing lives.
  public ZoneLedger(int[] generations) {
    this.generations = new AtomicIntegerArray(generations);
    files = new AtomicIntegerArray(generations.length);
    blocks = new AtomicLongArray(generations.length);
  }

  /// How often `zone` was reset.
  public int generation(int zone) {
    return generations.get(zone);
  }

  /// How many files live in `zone`.
  public int liveFiles(int zone) {
    return files.get(zone);
  }

  /// Blocks that live files take in `zone`.
  public long liveBlocks(int zone) {
    return blocks.get(zone);
  }

  /// Counts a file that the manifest remembers, when the store is opened.
  public void restore(List<Extent> extents) {
    for (Extent extent : extents) {
      enter(extent.zone());
      grow(extent.zone(), extent.blocks());
    }
  }

  /// Ends a file: nobody will look for these extents any more.
  public void drop(List<Extent> extents) {
    for (Extent extent : extents) {
      Invariants.check(
          extent.generation() == generation(extent.zone()),
          "a file outlived the reset of its zone");
      // Blocks first: a zone without files never shows blocks that will go away by themselves.
      long blocksLeft = blocks.addAndGet(extent.zone(), -extent.blocks());
      int filesLeft = files.decrementAndGet(extent.zone());
      Invariants.check(blocksLeft >= 0 && filesLeft >= 0, "a file was dropped twice");
    }
  }

  /// Counts one file more.
  void enter(int zone) {
    files.incrementAndGet(zone);
  }

  /// Counts blocks of a file that has entered.
  void grow(int zone, long moreBlocks) {
    blocks.addAndGet(zone, moreBlocks);
  }

  /// Records that the edit which gives `zone` its next generation is durable.
  void advance(int zone) {
    Invariants.check(liveFiles(zone) == 0, "a zone was released under a living file");
    generations.incrementAndGet(zone);
  }
}
