package io.zapkv.engine.base;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Something happened: who waits looks again at whatever it waits for.
///
/// ```
///   seen = signal.count();  look;  nothing to do? signal.awaitPast(seen)
/// ```
///
/// Reading the count before looking is what makes it impossible to miss a signal.
///
/// **Threading.** Any thread. Waiting has no time limit and is not ended by an interrupt.
public final class Signal {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition raised = lock.newCondition();
  private volatile long count;

  /// How often it was raised.
  public long count() {
    return count;
  }

  /// Wakes all who wait.
  @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock only
  public void raise() {
    lock.lock();
    try {
      count++;
      raised.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until it was raised more than `seen` times.
  public void awaitPast(long seen) {
    lock.lock();
    try {
      while (count == seen) {
        raised.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }
}
