package io.zapkv.engine.core;

import io.zapkv.api.OutOfSpaceException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Keeps a lane from trying again and again what there was no room for: the same piece of work has
/// to wait until there is more room than it had then.
///
/// Without it, what a failed try leaves to be emptied would look like fresh room, and a full store
/// would write, give up and empty zones without an end.
///
/// **Threading.** One lane.
final class RoomGuard {
  private final LongSupplier freeBlocks;
  private final LongSupplier takenBlocks;
  private final Runnable refused;
  private @Nullable Object refusedWork;
  private long refusedWithBlocks;
  private @Nullable OutOfSpaceException refusal;

  /// @param freeBlocks blocks that could be written now
  /// @param takenBlocks blocks of all that the lane has leased, ever
  /// @param refused told each time when there was no room after all: others may make some
  RoomGuard(LongSupplier freeBlocks, LongSupplier takenBlocks, Runnable refused) {
    this.freeBlocks = freeBlocks;
    this.takenBlocks = takenBlocks;
    this.refused = refused;
  }

  /// Runs `job`, unless the same `work` was refused before and there is no more room than then.
  void run(Object work, Runnable job) {
    long free = freeBlocks.getAsLong();
    OutOfSpaceException before = refusal;
    if (before != null && work.equals(refusedWork) && free <= refusedWithBlocks) {
      throw new OutOfSpaceException(before.where(), before.expected(), before.got());
    }
    long taken = takenBlocks.getAsLong();
    try {
      job.run();
      refusal = null;
      refusedWork = null;
    } catch (OutOfSpaceException e) {
      // What others hold now may come back, so it does not count as room that was of no use.
      refusedWithBlocks = freeBlocks.getAsLong() + takenBlocks.getAsLong() - taken;
      refusedWork = work;
      refusal = e;
      refused.run();
      throw e;
    }
  }
}
