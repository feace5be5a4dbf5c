package io.zapkv.engine.core;

import io.zapkv.api.OutOfSpaceException;
import io.zapkv.engine.base.Env;
import io.zapkv.engine.base.Signal;
import io.zapkv.engine.write.Health;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A background thread that does one kind of job, one after the other, and waits when there is
/// none.
///
/// **Failures.** A full device is waited out: the job is tried again when something has changed.
/// Anything else poisons the store, since nobody knows what the device has (F16, F26).
final class Lane implements AutoCloseable {
  /// What a lane does.
  @FunctionalInterface
  interface Job {
    /// Does one piece of work.
    ///
    /// @return false where there is nothing to do
    boolean doSome();
  }

  private final String name;
  private final Job job;
  private final Signal work;
  private final Signal progress;
  private final Health health;
  private final Consumer<Throwable> failed;
  private volatile boolean stopping;
  private volatile boolean isOutOfSpace;
  private volatile long restsAt = -1; // of `work`, where the lane has found nothing it could do
  private Env.@Nullable Task task;

  /// @param work raised when there may be work
  /// @param progress raised by the lane after each piece of work and when it stops
  /// @param failed told what the store must be poisoned with
  Lane(
      String name,
      Job job,
      Signal work,
      Signal progress,
      Health health,
      Consumer<Throwable> failed) {
    this.name = name;
    this.job = job;
    this.work = work;
    this.progress = progress;
    this.health = health;
    this.failed = failed;
  }

  /// Starts the thread.
  void start(Env env) {
    task = env.start("zapkv-" + name, this::run);
  }

  /// Whether the last piece of work could not be done for want of room.
  boolean isOutOfSpace() {
    return isOutOfSpace;
  }

  /// Whether the lane has tried all it was told of, and waits to be told of more.
  boolean isResting() {
    return restsAt == work.count();
  }

  /// Says that there may be room again, so that nobody is refused before the lane has tried.
  void expectRoom() {
    isOutOfSpace = false;
  }

  private void run() {
    while (!stopping && !health.isPoisoned()) {
      long seen = work.count();
      if (!tryJob() && !stopping) {
        restsAt = seen;
        progress.raise(); // who waits for there being nothing left must look again
        work.awaitPast(seen);
      }
    }
    progress.raise();
  }

  private boolean tryJob() {
    try {
      boolean did = job.doSome();
      isOutOfSpace = false;
      if (did) {
        progress.raise();
      }
      return did;
    } catch (OutOfSpaceException _) {
      isOutOfSpace = true;
      progress.raise(); // writers must learn that waiting may be in vain
      return false;
    } catch (Throwable failure) { // an Error, too: a lane that dies in silence loses writes (F26)
      failed.accept(failure);
      return false;
    }
  }

  /// Ends the thread after the piece of work it is at.
  @Override
  public void close() {
    stopping = true;
    work.raise();
    Env.Task running = task;
    if (running != null) {
      running.join();
    }
  }
}
