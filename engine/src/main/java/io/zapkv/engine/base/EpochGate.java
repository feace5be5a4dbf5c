package io.zapkv.engine.base;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/// Tells when everyone who might still see something has left, at the price of two uncontended
/// atomic adds for each visit.
///
/// Who is about to look at shared memory enters, and exits when done. Who takes something out of
/// sight remembers [#epoch] afterwards; once [#hasPassed] that epoch, all visitors who could have
/// seen it are gone, and it may be freed or reused.
///
/// ```
///   reader   enter ───── look ───── exit
///   retirer        unlink, r = epoch()     … hasPassed(r)? ── free
/// ```
///
/// **Threading.** Any thread, virtual ones too. A visit is short: it may wait for a device read,
/// never for a lock, for room or for another visitor.
///
/// **Failures.** None. A visitor that never exits keeps memory from being reused, nothing worse.
public final class EpochGate {
  /* Epochs come in two parities, each with counters of its own, striped to keep threads apart. The
   * epoch may advance from e to e+1 only when nobody is left in parity e-1; so at any time visitors
   * are in epochs e and e-1 only. What was unlinked during epoch r can be known only to visitors of
   * epochs up to r; advancing to r+2 needed the parity of r to be empty. Hence r+2.
   *
   * enter() adds to the counter of the epoch it read, and reads the epoch again: add-then-read here
   * against write-then-read in tryAdvance (both sequentially consistent) means that either the
   * visitor sees the new epoch and retries, or the advancer sees the visitor.
   */
  private static final int STRIPES = 16;
  private static final int LINE_LONGS = 16; // two cache lines: the prefetcher fetches pairs

  /// Looks before a wait is taken for one on a device.
  private static final int TRIES = 1_000;

  private static final long PAUSE_NANOS_MIN = 10_000;
  private static final long PAUSE_NANOS_MAX = 10_000_000;

  private final LongConsumer pause;
  private final AtomicLongArray visitors = new AtomicLongArray(2 * STRIPES * LINE_LONGS);
  private final ReentrantLock advancing = new ReentrantLock();
  private volatile long epoch = 2;

  /// Nobody is inside.
  ///
  /// @param pause lets a number of nanoseconds pass, or somewhat more
  public EpochGate(LongConsumer pause) {
    this.pause = pause;
  }

  /// Starts a visit.
  ///
  /// @return the ticket to hand to [#exit], on whichever thread
  public int enter() {
    int stripe = (int) Thread.currentThread().threadId() & (STRIPES - 1);
    while (true) {
      long seen = epoch;
      int slot = slot(seen, stripe);
      visitors.getAndIncrement(slot);
      if (epoch == seen) {
        return slot;
      }
      visitors.getAndDecrement(slot);
    }
  }

  /// Ends the visit that `ticket` stands for.
  public void exit(int ticket) {
    visitors.getAndDecrement(ticket);
  }

  /// The epoch to remember for something just taken out of sight.
  public long epoch() {
    return epoch;
  }

  /// Whether all who could have seen what was retired in `retiredEpoch` have left. Does not wait,
  /// so that a visitor may ask, too.
  public boolean hasPassed(long retiredEpoch) {
    return epoch - retiredEpoch >= 2
        || (tryAdvance() && epoch - retiredEpoch >= 2)
        || (tryAdvance() && epoch - retiredEpoch >= 2);
  }

  /// Waits until all who are inside now have left. Not to be called by a visitor.
  ///
  /// Most have left in a moment. Who waits for a device may stay for minutes (F18), during which
  /// this one must not burn a processor: it pauses for about as long as it has paused already.
  public void awaitQuiescence() {
    long retiredEpoch = epoch;
    long pauseNanos = PAUSE_NANOS_MIN;
    for (int tries = 0; !hasPassed(retiredEpoch); tries++) {
      if (tries < TRIES) {
        SpinWait.once(tries);
      } else {
        pause.accept(pauseNanos);
        pauseNanos = Math.min(2 * pauseNanos, PAUSE_NANOS_MAX);
      }
    }
  }

  private boolean tryAdvance() {
    if (!advancing.tryLock()) {
      return false;
    }
    try {
      long now = epoch;
      for (int stripe = 0; stripe < STRIPES; stripe++) {
        if (visitors.get(slot(now - 1, stripe)) != 0) {
          return false;
        }
      }
      epoch = now + 1;
      return true;
    } finally {
      advancing.unlock();
    }
  }

  private static int slot(long epoch, int stripe) {
    return ((int) (epoch & 1) * STRIPES + stripe) * LINE_LONGS;
  }
}
