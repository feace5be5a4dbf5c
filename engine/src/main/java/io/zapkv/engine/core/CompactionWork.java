package io.zapkv.engine.core;

import io.zapkv.api.OutOfSpaceException;
import io.zapkv.engine.compaction.CompactionChoice;
import io.zapkv.engine.compaction.CompactionChoice.Nothing;
import io.zapkv.engine.compaction.CompactionJob;
import io.zapkv.engine.compaction.CompactionState;
import io.zapkv.engine.compaction.FullCompaction;
import io.zapkv.engine.compaction.LevelTargets;
import io.zapkv.engine.compaction.LeveledPolicy;
import io.zapkv.engine.read.TableCursors;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.version.Version;
import io.zapkv.engine.version.VersionEdit;
import io.zapkv.engine.version.VersionSet;
import io.zapkv.engine.write.SnapshotList;
import io.zapkv.engine.zone.ZoneAllocator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Asks the policy what to compact next, and does it: the job of the compaction lane.
final class CompactionWork implements Lane.Job {
  /// Tables of the last level are left alone: merging one with itself would not end.
  private static final FullCompaction EVERYTHING_DOWN = new FullCompaction(Long.MAX_VALUE, 0);

  private final VersionSet versions;
  private final SnapshotList snapshots;
  private final TableFactory outputs;
  private final TableCursors cursors;
  private final ZoneAllocator allocator;
  private final LongSupplier roomBlocks;
  private final LeveledPolicy policy;
  private final long baseBlocksMax;
  private final long zoneBlocks;
  private final BackgroundCounts counts;
  private final Runnable gaveUp;
  private final BooleanSupplier isRoomWanted;
  private final Runnable compacted;

  private final ReentrantLock fullTurn = new ReentrantLock();
  private final AtomicReference<@Nullable FullCompaction> full = new AtomicReference<>();
  private volatile @Nullable CompactionJob running;

  // Merges refused one after the other for want of room, the room that there was, and level 0.
  private volatile int refused; // written by the lane only
  private volatile long refusedWithBlocks = -1;
  private volatile List<TableMeta> refusedLevel0 = List.of();

  private volatile boolean stopping;

  /// @param roomBlocks blocks that a merge may take while what is in memory must find room, too
  /// @param baseBlocksMax how large the first sorted level may be before another is put above it
  /// @param gaveUp told when a merge found no room
  /// @param isRoomWanted whether a memtable finds no room
  /// @param compacted told after each change of the levels
  CompactionWork(
      VersionSet versions,
      SnapshotList snapshots,
      TableFactory outputs,
      TableCursors cursors,
      ZoneAllocator allocator,
      LongSupplier roomBlocks,
      long zoneBlocks,
      long baseBlocksMax,
      BackgroundCounts counts,
      Runnable gaveUp,
      BooleanSupplier isRoomWanted,
      Runnable compacted) {
    this.versions = versions;
    this.snapshots = snapshots;
    this.outputs = outputs;
    this.cursors = cursors;
    this.allocator = allocator;
    this.roomBlocks = roomBlocks;
    this.policy = new LeveledPolicy(zoneBlocks);
    this.zoneBlocks = zoneBlocks;
    this.baseBlocksMax = baseBlocksMax;
    this.counts = counts;
    this.gaveUp = gaveUp;
    this.isRoomWanted = isRoomWanted;
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
          case CompactionChoice.Merge merge -> attempt(merge, version);
        };
    if (did) {
      compacted.run();
    }
    return did;
  }

  /// How many merges have found no room in this version with no less room than there is.
  private int tried(Version version) {
    boolean isAsThen =
        allocator.freeBlocks() <= refusedWithBlocks && version.tables(0).equals(refusedLevel0);
    return isAsThen ? refused : 0;
  }

  private CompactionChoice choose(Version version) {
    CompactionState state =
        new CompactionState(
            List.of(), snapshots.oldest(), roomBlocks.getAsLong(), tried(version), wish());
    return policy.choose(version, state, LevelTargets.of(version, baseBlocksMax));
  }

  /// What somebody wishes. Where a memtable finds no room, everything is to be merged down, since
  /// nothing else can make any.
  private @Nullable FullCompaction wish() {
    FullCompaction asked = full.get();
    return asked == null && isRoomWanted.getAsBoolean() ? EVERYTHING_DOWN : asked;
  }

  /// Whether nothing is being done, and nothing is to do.
  boolean isIdle() {
    return running == null && choose(versions.current().version()) instanceof Nothing;
  }

  /// Whether what is to do was tried and found no room.
  boolean isRefused() {
    return tried(versions.current().version()) > 0;
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

  private boolean attempt(CompactionChoice.Merge merge, Version version) {
    long taken = outputs.takenBlocks();
    int tried = tried(version);
    try {
      boolean did = apply(merge, version);
      refused = 0;
      return did;
    } catch (OutOfSpaceException e) {
      // What others hold now may come back, so it does not count as room that was of no use.
      refusedWithBlocks = allocator.freeBlocks() + outputs.takenBlocks() - taken;
      refused = tried + 1;
      refusedLevel0 = version.tables(0);
      gaveUp.run();
      throw e;
    }
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
        if (stopping) {
          return false;
        }
        throw new OutOfSpaceException(
            outputs.device(),
            "room for a slice of a merge",
            merge.blocksMax() + " blocks, and nothing that comes free for them");
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
