package io.zapkv.sim.exhaustive;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Has cases judged on several threads, and counts them.
///
/// **Threading.** [#submit] from one thread; the others from any.
///
/// **Bounds.** A few cases wait at a time; who submits more waits. After twenty failures the rest
/// is left out.
final class Tally implements AutoCloseable {
  private static final int WAITING_MAX = 64;
  private static final int FAILURES_MAX = 20;

  private final ExecutorService threads;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong crashes = new AtomicLong();
  private final AtomicLong judged = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final List<String> failures = new ArrayList<>(); // guarded by itself

  /// What is judged; throws where a promise is broken.
  interface Case {
    void judge();
  }

  Tally(int count) {
    threads = Executors.newFixedThreadPool(count);
  }

  /// Has a case judged.
  ///
  /// @param name how to find it again
  void submit(String name, Case each) throws InterruptedException {
    while (waiting.get() >= WAITING_MAX) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
    waiting.incrementAndGet();
    threads.execute(() -> {
      try {
        if (!isOver()) {
          each.judge();
        }
      } catch (Throwable e) { // an assertion in the engine is a failure, too
        fail(name, e);
      } finally {
        waiting.decrementAndGet();
      }
    });
  }

  void fail(String name, Throwable why) {
    synchronized (failures) {
      failures.add(name + ": " + why);
    }
  }

  private boolean isOver() {
    synchronized (failures) {
      return failures.size() >= FAILURES_MAX;
    }
  }

  /// A crash was made.
  void crashed() {
    crashes.incrementAndGet();
  }

  /// What a crash or a change has left was opened and judged.
  void judged() {
    judged.incrementAndGet();
  }

  /// Of these, one that the store refused by type.
  void refused() {
    refused.incrementAndGet();
  }

  /// Waits for all that was submitted.
  Exhaustive.Result result(String set, long began) throws InterruptedException {
    while (waiting.get() > 0) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
    synchronized (failures) {
      return new Exhaustive.Result(
          set,
          crashes.get(),
          judged.get(),
          refused.get(),
          (System.nanoTime() - began) / 1e9,
          List.copyOf(failures));
    }
  }

  @Override
  public void close() {
    threads.close();
  }
}
