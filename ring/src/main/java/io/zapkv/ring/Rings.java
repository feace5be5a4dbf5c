package io.zapkv.ring;

import io.zapkv.ring.pool.RingWorkers;
import io.zapkv.ring.pool.ThreadPoolRing;
import io.zapkv.ring.uring.UringProbe;
import io.zapkv.ring.uring.UringRing;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/// Opens rings of the kind that is to be had, and says which and why.
///
/// **Threading.** Any thread.
public final class Rings implements AutoCloseable {
  /// Which kind of ring is asked for.
  public enum Choice {
    /// io_uring where it is allowed, otherwise threads.
    AUTO,
    /// io_uring or nothing.
    URING,
    /// Threads that block.
    POOL
  }

  private final @Nullable RingWorkers workers;
  private final String description;

  private Rings(@Nullable RingWorkers workers, String description) {
    this.workers = workers;
    this.description = description;
  }

  /// Decides for all rings to be opened; for io_uring by making a small ring.
  ///
  /// @param workerThreads how many operations can block at once where it comes to threads
  /// @param threads makes those threads; not asked for any where it does not
  /// @throws RingException where io_uring is asked for and not to be had: with the cure
  public static Rings choose(Choice choice, int workerThreads, ThreadFactory threads) {
    return choose(
        choice, choice == Choice.POOL ? null : UringProbe.refusal(), workerThreads, threads);
  }

  /// @param refusal why io_uring is not to be had, or null where it is
  static Rings choose(
      Choice choice, @Nullable String refusal, int workerThreads, ThreadFactory threads) {
    return switch (choice) {
      case POOL -> pool(workerThreads, threads, "asked for");
      case URING -> {
        if (refusal != null) {
          throw new RingException(
              "ring=uring is not to be had: " + refusal, 0, "or ask for ring=auto");
        }
        yield new Rings(null, "io_uring: asked for");
      }
      case AUTO ->
          refusal == null
              ? new Rings(null, "io_uring: allowed here")
              : pool(workerThreads, threads, "no io_uring, " + refusal);
    };
  }

  private static Rings pool(int workerThreads, ThreadFactory threads, String why) {
    return new Rings(
        RingWorkers.start(workerThreads, threads), workerThreads + " worker threads: " + why);
  }

  /// Opens a ring.
  ///
  /// @throws RingException where the kernel refuses this one: with the cure
  public Ring open(RingOptions options) {
    RingWorkers current = workers;
    return current == null
        ? UringRing.open(options)
        : new ThreadPoolRing(options.capacity(), current);
  }

  /// Which kind of ring it is, and why, in a sentence.
  public String description() {
    return description;
  }

  /// Whether the kernel runs the rings.
  public boolean isUring() {
    return workers == null;
  }

  /// Ends the threads; to be called after all rings are closed. Idempotent.
  @Override
  public void close() {
    RingWorkers current = workers;
    if (current != null) {
      current.close();
    }
  }
}
