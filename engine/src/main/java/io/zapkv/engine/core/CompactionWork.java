package io.zapkv.engine.core;

import io.zapkv.engine.compaction.CompactionChoice;
import io.zapkv.engine.compaction.CompactionChoice.Nothing;
import io.zapkv.engine.compaction.CompactionJob;
import io.zapkv.engine.compaction.CompactionState;
import io.zapkv.engine.compaction.FullCompaction;
import io.zapkv.engine.compaction.LevelTargets;
import io.zapkv.engine.compaction.LeveledPolicy;
import io.zapkv.engine.read.TableCursors;
import io.zapkv.engine.version.Version;
import io.zapkv.engine.version.VersionEdit;
import io.zapkv.engine.version.VersionSet;
import io.zapkv.engine.write.SnapshotList;
import io.zapkv.engine.zone.ZoneAllocator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Asks the policy what to compact next, and does it: the job of the compaction lane.
final class CompactionWork implements Lane.Job {
  private final VersionSet versions;
  private final SnapshotList snapshots;
  private final TableFactory outputs;
  private final TableCursors cursors;
  private final ZoneAllocator allocator;
  private final LeveledPolicy policy;
  private final long baseBlocksMax;
  private final long zoneBlocks;
  private final BackgroundCounts counts;
  private final Runnable compacted;

  private final ReentrantLock fullTurn = new ReentrantLock();
  private final AtomicReference<@Nullable FullCompaction> full = new AtomicReference<>();
  private volatile @Nullable CompactionJob running;
  private volatile boolean stopping;

  /// @param baseBlocksMax how large the first sorted level may be before another is put above it
  /// @param compacted told after each change of the levels
  CompactionWork(
      VersionSet versions,
      SnapshotList snapshots,
      TableFactory outputs,
      TableCursors cursors,
      ZoneAllocator allocator,
      long zoneBlocks,
      long baseBlocksMax,
      BackgroundCounts counts,
      Runnable compacted) {
    this.versions = versions;
    this.snapshots = snapshots;
    this.outputs = outputs;
    this.cursors = cursors;
    this.allocator = allocator;
    this.policy = new LeveledPolicy(zoneBlocks);
    this.zoneBlocks = zoneBlocks;
    this.baseBlocksMax = baseBlocksMax;
    this.counts = counts;
    this.compacted = compacted;
  }

  @Override
  public boolean doSome() {
    if (stopping) {
      return false;
    }
    Version version = versions.current().version();
    boolean did =
        switch (choose(version)) {
          case Nothing _ -> false;
          case CompactionChoice.Move move -> apply(move);
          case CompactionChoice.Drop drop -> apply(drop);
          case CompactionChoice.Merge merge -> apply(merge, version);
        };
    if (did) {
      compacted.run();
    }
    return did;
  }

  /// What fits the room there is; or else what would not fit if all its entries stayed. On a full
  /// device only the latter may be left, and deletions make room as they are merged. Where they do
  /// not, the merge fails for want of a zone and has changed nothing.
  private CompactionChoice choose(Version version) {
    CompactionChoice fitting = choose(version, allocator.freeBlocks());
    return fitting instanceof Nothing ? choose(version, Long.MAX_VALUE) : fitting;
  }

  private CompactionChoice choose(Version version, long roomBlocks) {
    CompactionState state =
        new CompactionState(List.of(), snapshots.oldest(), roomBlocks, full.get());
    return policy.choose(version, state, LevelTargets.of(version, baseBlocksMax));
  }

  /// Whether nothing is being done, and nothing is to do.
  boolean isIdle() {
    return running == null && choose(versions.current().version()) instanceof Nothing;
  }

  /// Blocks that merges have yet to write.
  long owedBlocks() {
    Version version = versions.current().version();
    return LevelTargets.of(version, baseBlocksMax).owedBlocks(version);
  }

  /// Wishes that everything that is in tables now comes to the last level; one wish at a time.
  ///
  /// @return the wish, to be given to [#isDone] and [#endFull]
  FullCompaction beginFull() {
    fullTurn.lock();
    FullCompaction wish =
        new FullCompaction(versions.current().active().endSequence(), outputs.nextTableId());
    full.set(wish);
    return wish;
  }

  /// Whether nothing is left to do for `wish`.
  boolean isDone(FullCompaction wish) {
    return running == null && wish.isDone(versions.current().version());
  }

  /// Ends the wish that the caller began.
  void endFull() {
    full.set(null);
    fullTurn.unlock();
  }

  /// Makes the merge at hand end soon, without effect, and begins no other.
  void stop() {
    stopping = true;
    CompactionJob job = running;
    if (job != null) {
      job.cancel();
    }
  }

  private boolean apply(CompactionChoice.Move move) {
    versions.commit(move.edit(), null);
    counts.moved();
    return true;
  }

  private boolean apply(CompactionChoice.Drop drop) {
    versions.commit(drop.edit(), null);
    return true;
  }

  private boolean apply(CompactionChoice.Merge merge, Version version) {
    CompactionJob job =
        new CompactionJob(
            merge, version, snapshots.sorted(), zoneBlocks, cursors, outputs, _ -> {});
    running = job;
    try {
      if (stopping) {
        return false;
      }
      VersionEdit edit = job.run();
      if (edit == null) {
        return false;
      }
      VersionEdit numbered = edit.withNextTableId(outputs.nextTableId());
      outputs.commit(numbered, () -> versions.commit(numbered, null));
      counts.merged(edit);
      return true;
    } finally {
      running = null;
    }
  }
}
