package io.zapkv.engine.write;

import java.util.concurrent.atomic.AtomicLong;

/// Adds up what concurrent writers owe in delays, so that together they are as slow as the policy
/// says, and so that delays too short to wait for are not lost.
///
/// **Threading.** Any thread; without a lock.
public final class WriteTimeline {
  /// Shorter waits are put off until they add up: a timer is no finer than this anyway.
  private static final long WAIT_NANOS_MIN = 100_000;

  private final AtomicLong paidUntilNanos;

  /// A timeline on which nothing is owed.
  public WriteTimeline(long nowNanos) {
    this.paidUntilNanos = new AtomicLong(nowNanos);
  }

  /// Adds a write's delay.
  ///
  /// @param delayNanos what [StallPolicy] said
  /// @param nowNanos the clock
  /// @return how long this writer is to wait before it writes, at most
  ///   [StallPolicy#WAIT_NANOS_MAX]; mostly 0
  public long waitNanos(long delayNanos, long nowNanos) {
    if (delayNanos == 0) {
      return 0; // no pressure: debts are forgiven
    }
    while (true) {
      long paidUntil = paidUntilNanos.get();
      // Neither is idle time saved up, nor may many writers together owe more than one of them
      // waits.
      long start = paidUntil - nowNanos < 0 ? nowNanos : paidUntil;
      long end = Math.min(start - nowNanos + delayNanos, StallPolicy.WAIT_NANOS_MAX) + nowNanos;
      if (paidUntilNanos.compareAndSet(paidUntil, end)) {
        long wait = end - nowNanos;
        return wait < WAIT_NANOS_MIN ? 0 : wait;
      }
    }
  }
}
