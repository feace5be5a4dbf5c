package io.zapkv.engine.core;

import io.zapkv.api.OutOfSpaceException;
import io.zapkv.engine.compaction.CompactionChoice;
import io.zapkv.engine.compaction.CompactionChoice.Nothing;
import io.zapkv.engine.compaction.CompactionJob;
import io.zapkv.engine.compaction.CompactionState;
import io.zapkv.engine.compaction.CompactionState.Tight;
import io.zapkv.engine.compaction.FullCompaction;
import io.zapkv.engine.compaction.LevelTargets;
import io.zapkv.engine.compaction.LeveledPolicy;
import io.zapkv.engine.read.TableCursors;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.version.Version;
import io.zapkv.engine.version.VersionEdit;
import io.zapkv.engine.version.VersionSet;
import io.zapkv.engine.write.SnapshotList;
import io.zapkv.engine.zone.Purpose;
import io.zapkv.engine.zone.ZoneAllocator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Asks the policy what to compact next, and does it: the job of the compaction lane.
final class CompactionWork implements Lane.Job {
  /// Tables of the last level are left alone: merging one with itself would not end.
  private static final FullCompaction EVERYTHING_DOWN = new FullCompaction(Long.MAX_VALUE, 0);

  /// With less room a merge hardly gets anywhere, and rewrites come first.
  private static final int PRESSING_ZONES = 2;

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

  // Tables that rewrites have made since a merge, with level 0 as it was: a flush changes it.
  private volatile Set<Long> rewritten = Set.of(); // written by the lane only
  private volatile List<TableMeta> rewrittenLevel0 = List.of();

  private volatile boolean stopping;

  /// @param roomBlocks blocks that a merge may take while what is in memory must find room, too
  /// @param baseBlocksMax how large the first sorted level may be before another is put above it
  /// @param gaveUp told when nothing that was to do found room
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
    boolean did = doNext();
    if (did) {
      compacted.run();
    }
    return did;
  }

  /// What finds no room is followed by what there may be room for, so that nobody hears that there
  /// is none before all was tried.
  private boolean doNext() {
    Version version = versions.current().version();
    CompactionChoice choice = choose(version);
    while (true) {
      try {
        return apply(choice, version);
      } catch (OutOfSpaceException e) {
        version = versions.current().version();
        CompactionChoice next = choose(version);
        if (next instanceof Nothing || next.equals(choice)) {
          gaveUp.run();
          throw e;
        }
        choice = next;
      }
    }
  }

  private boolean apply(CompactionChoice choice, Version version) {
    return switch (choice) {
      case Nothing _ -> false;
      case CompactionChoice.Move move -> apply(move);
      case CompactionChoice.Drop drop -> apply(drop);
      case CompactionChoice.Merge merge -> attempt(() -> apply(merge, version), version);
      case CompactionChoice.Rewrite rewrite -> attempt(() -> apply(rewrite, version), version);
    };
  }

  /// How many merges have found no room in this version with no less room than there is.
  private int tried(Version version) {
    boolean isAsThen =
        allocator.freeBlocks() <= refusedWithBlocks && version.tables(0).equals(refusedLevel0);
    return isAsThen ? refused : 0;
  }

  private CompactionChoice choose(Version version) {
    return choose(version, tried(version));
  }

  private CompactionChoice choose(Version version, int tried) {
    CompactionState state =
        new CompactionState(
            List.of(), snapshots.oldest(), roomBlocks.getAsLong(), tried, tight(version), wish());
    return policy.choose(version, state, LevelTargets.of(version, baseBlocksMax));
  }

  private @Nullable Tight tight(Version version) {
    if (allocator.spareZones() > 0) {
      return null;
    }
    boolean isPressing = allocator.freeBlocks(Purpose.COMPACTION) < PRESSING_ZONES * zoneBlocks;
    return new Tight(
        allocator.sealedZones(),
        allocator.freeBlocks(Purpose.REWRITE),
        outputs.blockBytes(),
        version.tables(0).equals(rewrittenLevel0) ? rewritten : Set.of(),
        isPressing);
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

  /// Whether nothing is left to do, and not because what there was found no room. One look for
  /// both: room that comes in between would make what was refused look as if it had never been
  /// there.
  boolean isSettled() {
    Version version = versions.current().version();
    int tried = tried(version);
    return tried == 0 && running == null && choose(version, tried) instanceof Nothing;
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

  private boolean attempt(BooleanSupplier job, Version version) {
    long taken = outputs.takenBlocks();
    int tried = tried(version);
    try {
      boolean did = job.getAsBoolean();
      refused = 0;
      return did;
    } catch (OutOfSpaceException e) {
      // What others hold now may come back, so it does not count as room that was of no use.
      refusedWithBlocks = allocator.freeBlocks() + outputs.takenBlocks() - taken;
      refused = tried + 1;
      refusedLevel0 = version.tables(0);
      throw e;
    }
  }

  private boolean apply(CompactionChoice.Merge merge, Version version) {
    VersionEdit edit = run(merge, version);
    if (edit != null) {
      commit(edit);
      rewritten = Set.of();
      return true;
    }
    if (stopping) {
      return false;
    }
    throw new OutOfSpaceException(
        outputs.device(),
        "room for a slice of a merge",
        merge.blocksMax() + " blocks, and nothing that comes free for them");
  }

  /// Takes the zone that is kept for this: more comes back than is taken.
  private boolean apply(CompactionChoice.Rewrite rewrite, Version version) {
    VersionEdit all = VersionEdit.EMPTY;
    boolean complete = false;
    outputs.setPurpose(Purpose.REWRITE);
    try {
      for (CompactionChoice.Merge merge : rewrite.merges()) {
        VersionEdit edit = run(merge, version);
        if (edit == null) {
          return false; // stopping
        }
        all = all.and(edit);
      }
      complete = true;
    } finally {
      outputs.setPurpose(Purpose.COMPACTION);
      if (!complete) {
        all.added().forEach(placed -> outputs.discard(placed.table()));
      }
    }
    commit(all);
    remember(all, version);
    return true;
  }

  private void remember(VersionEdit rewrite, Version before) {
    Set<Long> made = new HashSet<>();
    if (before.tables(0).equals(rewrittenLevel0)) {
      made.addAll(rewritten);
    }
    rewrite.added().forEach(placed -> made.add(placed.table().id()));
    rewrittenLevel0 = versions.current().version().tables(0);
    rewritten = Set.copyOf(made);
  }

  /// What `merge` comes to; null where it is cancelled, or bounded and in vain.
  private @Nullable VersionEdit run(CompactionChoice.Merge merge, Version version) {
    CompactionJob job =
        new CompactionJob(
            merge, version, snapshots.sorted(), zoneBlocks, cursors, outputs, _ -> {});
    running = job;
    try {
      return stopping ? null : job.run();
    } finally {
      running = null;
    }
  }

  private void commit(VersionEdit edit) {
    VersionEdit numbered = edit.withNextTableId(outputs.nextTableId());
    outputs.commit(numbered, () -> versions.commit(numbered, null));
    counts.merged(edit);
  }
}
