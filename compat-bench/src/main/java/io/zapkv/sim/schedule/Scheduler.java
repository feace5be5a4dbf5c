package io.zapkv.sim.schedule;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Runs tasks on one carrier thread and lets a seed pick which goes on.
///
/// ```
///   step:  events that are due fire ─► time moves on a little ─► one ready task is picked and runs
///                                                              until it parks, yields or ends
/// ```
///
/// Tasks are virtual threads, so what they run is the plain blocking code of production. Time is
/// counted here and moves with each step; where nothing is ready it jumps to the next event.
///
/// **Threading.** Everything happens on the thread that called [#run]. A wake-up from any other
/// thread would break the order, and is counted in [#foreignWakeups].
///
/// **Failures.** [StuckException] where nothing can go on, or nothing ends.
public final class Scheduler implements Executor {
  /// How the next task is picked.
  public enum Picking {
    /// Any, all alike.
    RANDOM,
    /// The one that waits longest.
    OLDEST,
    /// The one that became ready last, mostly.
    NEWEST,
    /// Any but one, which hardly ever gets its turn; another one from time to time.
    STARVING
  }

  private static final int STARVED_ONE_IN = 40;
  private static final int VICTIM_STEPS = 500;
  private static final long FOREIGN_WAIT_MILLIS = 500;
  private static final int TICK_NANOS_MAX = 1_000;

  private final SplittableRandom random;
  private final Picking picking;
  private final long stepsMax;
  private final ArrayList<Runnable> ready = new ArrayList<>();
  private final IdentityHashMap<Runnable, Integer> ids = new IdentityHashMap<>();
  private final List<Thread> tasks = new ArrayList<>();
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private @Nullable Thread owner;
  private long nanos;
  private long steps;
  private long eventsMade;
  private long hash;
  private int victim;
  private volatile int foreignWakeups;

  private record Event(long atNanos, long ordinal, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int order = Long.compare(atNanos, other.atNanos);
      return order != 0 ? order : Long.compare(ordinal, other.ordinal);
    }
  }

  /// A thread that was started.
  public static final class Task {
    private final Thread thread;
    private @Nullable Throwable failure;

    private Task(Scheduler scheduler, String name, Runnable body) {
      this.thread =
          VirtualThreads.unstarted(
              scheduler,
              name,
              () -> {
                try {
                  body.run();
                } catch (Throwable e) { // whatever it is, whoever joins must learn of it
                  failure = e;
                }
              });
    }

    /// Waits until it has ended. An interrupt does not end the wait.
    public void join() {
      boolean interrupted = false;
      while (true) {
        try {
          thread.join();
          break;
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    /// What it has thrown.
    public @Nullable Throwable failure() {
      return failure;
    }

    /// Interrupts it.
    public void interrupt() {
      thread.interrupt();
    }
  }

  /// @param stepsMax more steps than any run should take
  public Scheduler(SplittableRandom random, Picking picking, long stepsMax) {
    this.random = random;
    this.picking = picking;
    this.stepsMax = stepsMax;
  }

  /// Runs `root`, and what it starts, until it ends.
  ///
  /// @throws StuckException where it cannot or does not end
  public void run(Runnable root) {
    owner = Thread.currentThread();
    Task task = start("root", root);
    while (task.thread.isAlive()) {
      step();
    }
    if (task.failure != null) {
      sneakyThrow(task.failure);
    }
  }

  /// Starts a task; to be called from another one.
  public Task start(String name, Runnable body) {
    Task task = new Task(this, name, body);
    tasks.removeIf(each -> !each.isAlive());
    task.thread.start();
    tasks.add(task.thread);
    return task;
  }

  /// Does something later, outside of any task; it must not block.
  public void at(long inNanos, Runnable action) {
    events.add(new Event(nanos + inNanos, eventsMade++, action));
  }

  /// Lets time pass for the calling task.
  public void pause(long forNanos) {
    Thread self = Thread.currentThread();
    boolean[] over = new boolean[1];
    at(
        forNanos,
        () -> {
          over[0] = true;
          LockSupport.unpark(self);
        });
    boolean interrupted = false;
    while (!over[0]) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      self.interrupt();
    }
  }

  /// The time now.
  public long nanos() {
    return nanos;
  }

  /// Steps so far.
  public long steps() {
    return steps;
  }

  /// Folds something that happened into the hash by which two runs are compared.
  public void note(long what) {
    hash = mix(hash ^ what);
  }

  /// All that happened, as one number.
  public long hash() {
    return hash;
  }

  /// Wake-ups that came from outside: none, or the run cannot be repeated.
  public int foreignWakeups() {
    return foreignWakeups;
  }

  /// The threads that have not ended.
  public List<Thread> living() {
    return tasks.stream().filter(Thread::isAlive).toList();
  }

  /// Takes a piece of a virtual thread that can run now. Called by the JDK.
  @Override
  public void execute(Runnable piece) {
    Thread caller = Thread.currentThread();
    synchronized (ready) {
      if (!caller.equals(owner) && !caller.isVirtual()) {
        foreignWakeups++;
      }
      ready.add(piece);
      ready.notifyAll();
    }
  }

  private void step() {
    while (!events.isEmpty() && events.peek().atNanos() <= nanos) {
      events.poll().action().run();
    }
    Runnable next = takeReady();
    if (next == null) {
      Event first = events.peek();
      if (first == null) {
        awaitForeignWakeup();
        return;
      }
      nanos = first.atNanos();
      return;
    }
    nanos += 1 + random.nextInt(TICK_NANOS_MAX);
    if (++steps > stepsMax) {
      throw new StuckException("no end after " + stepsMax + " steps", living());
    }
    note((long) idOf(next) << 40 ^ nanos);
    next.run();
  }

  /// A task may wait for a monitor of the JDK that another carrier holds. That cannot be repeated,
  /// and is counted, but it is no dead end.
  private void awaitForeignWakeup() {
    synchronized (ready) {
      try {
        if (ready.isEmpty()) {
          ready.wait(FOREIGN_WAIT_MILLIS);
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
      if (ready.isEmpty()) {
        throw new StuckException("nothing can go on", living());
      }
    }
  }

  private @Nullable Runnable takeReady() {
    synchronized (ready) {
      if (ready.isEmpty()) {
        return null;
      }
      return ready.size() == 1 ? ready.removeLast() : ready.remove(pick());
    }
  }

  private int pick() {
    int count = ready.size();
    return switch (picking) {
      case RANDOM -> random.nextInt(count);
      case OLDEST -> 0;
      case NEWEST -> random.nextInt(8) == 0 ? random.nextInt(count) : count - 1;
      case STARVING -> pickStarving(count);
    };
  }

  private int pickStarving(int count) {
    if (steps % VICTIM_STEPS == 0) {
      victim = random.nextInt(Math.max(1, ids.size()));
    }
    int picked = random.nextInt(count);
    boolean spare = idOf(ready.get(picked)) == victim && random.nextInt(STARVED_ONE_IN) != 0;
    return spare ? (picked + 1) % count : picked;
  }

  private int idOf(Runnable piece) {
    return ids.computeIfAbsent(piece, _ -> ids.size());
  }

  /// What each living task stands at, for a report.
  static String stacks(List<Thread> threads) {
    StringBuilder text = new StringBuilder();
    for (Thread thread : threads) {
      text.append("\n  ").append(thread.getName());
      for (StackTraceElement element : thread.getStackTrace()) {
        if (element.getClassName().startsWith("io.zapkv")) {
          text.append("\n    ").append(element);
        }
      }
    }
    return text.toString();
  }

  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneakyThrow(Throwable failure) throws T {
    throw (T) failure;
  }
}
