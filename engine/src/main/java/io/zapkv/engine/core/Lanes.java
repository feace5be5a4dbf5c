package io.zapkv.engine.core;

import io.zapkv.api.OutOfSpaceException;
import io.zapkv.engine.base.Env;
import io.zapkv.engine.base.Signal;
import io.zapkv.engine.version.VersionSet;
import io.zapkv.engine.write.Health;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// The three lanes together: what wakes them, and whether waiting for them has an end.
///
/// ```
///   wake ─► flush ──┐
///           merge ──┼─► progress ─► who waits looks again: reached? can room be made?
///         reclaim ──┘                  all rest: wake once more; all rest again: out of space
/// ```
///
/// What one lane takes for hopeless another may be about to cure, so it takes all of them to say
/// that there will be no room.
///
/// **Threading.** Any thread.
///
/// **Failures.** [OutOfSpaceException] for who waits for room that nothing will make; what poisons
/// the store ends all waiting.
final class Lanes implements AutoCloseable {
  private final Foundation base;
  private final VersionSet versions;
  private final Health health;
  private final CompactionWork compactionWork;
  private final Signal progress;
  private final Signal toFlush = new Signal();
  private final Signal toMerge = new Signal();
  private final Signal toReclaim = new Signal();
  private final Lane flush;
  private final Lane compaction;
  private final Lane reclaim;

  /// @param progress raised when a lane has come further, or will not
  /// @param failed told what the store must be poisoned with
  Lanes(
      Foundation base,
      VersionSet versions,
      Health health,
      Signal progress,
      FlushWork flushWork,
      CompactionWork compactionWork,
      ReclaimWork reclaimWork,
      Consumer<Throwable> failed) {
    this.base = base;
    this.versions = versions;
    this.health = health;
    this.compactionWork = compactionWork;
    this.progress = progress;
    this.flush = new Lane("flush", flushWork, toFlush, progress, health, failed);
    this.compaction = new Lane("compaction", compactionWork, toMerge, progress, health, failed);
    this.reclaim = new Lane("reclaim", reclaimWork, toReclaim, progress, health, failed);
  }

  /// Starts the threads.
  void start(Env env) {
    flush.start(env);
    compaction.start(env);
    reclaim.start(env);
  }

  /// Tells all of them that there may be work.
  void wake() {
    toFlush.raise();
    toMerge.raise();
    toReclaim.raise();
  }

  /// Says that there may be room again, so that nobody is refused before the lanes have tried.
  void expectRoom() {
    flush.expectRoom();
    compaction.expectRoom();
  }

  /// Whether all have tried all they were told of, and wait to be told of more.
  boolean areResting() {
    return flush.isResting() && compaction.isResting() && reclaim.isResting();
  }

  /// Whether the last flush found no room.
  boolean isFlushOutOfSpace() {
    return flush.isOutOfSpace();
  }

  /// Whether a flush that finds no room may take what is kept for merges, because none is going to
  /// make any.
  boolean isFlushLastResort() {
    return (compaction.isOutOfSpace() || compactionWork.isIdle()) && !isFreeingZones();
  }

  /// Whether zones are on their way to be empty. Asked in this order: what is given back is the
  /// allocator's work afterwards.
  boolean isFreeingZones() {
    return versions.isGivingBack() || base.allocator.hasWork();
  }

  /// Whether some lane has work that ends with more room.
  boolean roomCanBeMade() {
    return isFreeingZones()
        || (!compaction.isOutOfSpace() && !compactionWork.isIdle())
        || (versions.current().sealedCount() > 0 && !flush.isOutOfSpace());
  }

  /// Refuses a writer that would wait for a flush in vain.
  void requireRoom() {
    if (!roomCanBeMade()) {
      throw outOfSpace();
    }
    wakeStarved();
  }

  /// Before somebody waits for room: what there is room for, and whether any is wanted, changes in
  /// ways that nobody tells a lane that found none. A lane that is at work tells when it ends.
  void wakeStarved() {
    if (areResting()
        && (isFreeingZones()
            || flush.isOutOfSpace()
            || compaction.isOutOfSpace()
            || compactionWork.isRefused()
            || !compactionWork.isIdle())) {
      wake();
    }
  }

  /// Waits for the lanes to get there. Before it throws all of them have tried once more, and have
  /// come to rest.
  void await(BooleanSupplier reached) {
    boolean isLastTry = false;
    while (true) {
      long seen = progress.count();
      health.checkWritable();
      boolean areResting = areResting();
      if (reached.getAsBoolean()) {
        return;
      }
      if (roomCanBeMade()) {
        isLastTry = false;
        wakeStarved();
      } else if (areResting && isLastTry) {
        throw outOfSpace();
      } else if (areResting) {
        isLastTry = true;
        wake();
      }
      progress.awaitPast(seen);
    }
  }

  /// Waits until the zones of what was given up can be had.
  void awaitFreedZones() {
    versions.awaitReclaim(); // else zones of tables just merged might not look dead yet
    await(() -> !isFreeingZones());
  }

  private OutOfSpaceException outOfSpace() {
    return new OutOfSpaceException(
        base.device.name(),
        "zones to flush and compact to",
        base.allocator.emptyZones() + " empty zones, and nothing that would free one");
  }

  /// Ends the threads, each after the piece of work it is at; a merge is broken off.
  @Override
  public void close() {
    progress.raise();
    compactionWork.stop();
    compaction.close();
    flush.close();
    reclaim.close();
  }
}
