package io.zapkv.ring.pool;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The threads that run the blocking operations of many rings.
///
/// **Threading.** Rings hand in work from their owners' threads; whoever made the workers closes
/// them, after the rings.
///
/// **Memory.** The queue is a list through the rings' own chains: handing in work allocates nothing
/// but what a contended `java.util.concurrent` lock takes to park a thread.
///
/// **Bounds.** A fixed number of threads, and as many queued chains as the rings have slots.
public final class RingWorkers implements AutoCloseable {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition workArrived = lock.newCondition();
  private final Condition threadEnded = lock.newCondition();
  private @Nullable WorkerChain head;
  private @Nullable WorkerChain tail;
  private int idleThreads;
  private int livingThreads;
  private boolean closed;

  private RingWorkers() {}

  /// Starts the threads.
  ///
  /// @param threadCount how many operations can block at once, over all rings
  /// @param threads makes them; they are named and started here, as daemons
  public static RingWorkers start(int threadCount, ThreadFactory threads) {
    if (threadCount < 1) {
      throw new IllegalArgumentException("threadCount must be at least 1, got " + threadCount);
    }
    RingWorkers workers = new RingWorkers();
    try {
      for (int i = 0; i < threadCount; i++) {
        workers.startThread(threads, i);
      }
      return workers;
    } catch (RuntimeException | Error e) {
      workers.close();
      throw e;
    }
  }

  private void startThread(ThreadFactory threads, int index) {
    Thread thread = threads.newThread(this::work);
    if (thread == null) {
      throw new IllegalArgumentException("the thread factory makes no more threads");
    }
    thread.setName("zap-ring-" + index);
    thread.setDaemon(true);
    thread.start();
    // The new thread may have taken work by now; it cannot have ended, as nobody has closed yet.
    lock.lock();
    try {
      livingThreads++;
    } finally {
      lock.unlock();
    }
  }

  /// Takes a list of chains, tied together by [WorkerChain#next].
  ///
  /// @return false where the workers are closed and none of it will run
  boolean run(WorkerChain first, WorkerChain last, int count) {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      if (tail == null) {
        head = first;
      } else {
        tail.next = first;
      }
      tail = last;
      // A thread that finds more work when it is done needs no signal.
      for (int wakes = Math.min(count, idleThreads); wakes > 0; wakes--) {
        workArrived.signal();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    try {
      for (WorkerChain chain = take(); chain != null; chain = take()) {
        chain.run();
      }
    } finally {
      lock.lock();
      try {
        livingThreads--;
        threadEnded.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private @Nullable WorkerChain take() {
    lock.lock();
    try {
      while (head == null && !closed) {
        idleThreads++;
        workArrived.awaitUninterruptibly();
        idleThreads--;
      }
      WorkerChain chain = head;
      if (chain != null) {
        head = chain.next;
        chain.next = null;
        if (head == null) {
          tail = null;
        }
      }
      return chain;
    } finally {
      lock.unlock();
    }
  }

  /// Ends the threads, after all that was handed in has run. Keeps the interrupt status.
  /// Idempotent.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      workArrived.signalAll();
      while (livingThreads > 0) {
        threadEnded.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }
}
