package io.zapkv.zns.emulated;

import io.zapkv.ring.Ring;
import io.zapkv.ring.pool.RingWorkers;
import io.zapkv.ring.pool.ThreadPoolRing;
import io.zapkv.zns.RingSource;
import java.util.concurrent.ThreadFactory;

/// Rings on a few worker threads of the device's own.
///
/// **Threading.** Any thread. This is the one class of the module that makes threads.
public final class WorkerRings implements RingSource {
  private static final ThreadFactory THREADS = Thread.ofPlatform().daemon().factory();

  private final RingWorkers workers;
  private final String description;

  private WorkerRings(int threads, String description) {
    workers = RingWorkers.start(threads, THREADS);
    this.description = description;
  }

  /// For zones in files: a sync blocks a thread for long, reads must get past it.
  public static WorkerRings forFiles() {
    return new WorkerRings(4, "4 worker threads: zones are plain files");
  }

  /// For zones in memory: every operation runs on its owner's thread, nothing is ever handed over.
  public static WorkerRings forMemory() {
    return new WorkerRings(1, "on the owner's thread: zones are memory");
  }

  @Override
  public Ring open(int capacity) {
    return new ThreadPoolRing(capacity, workers);
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public void close() {
    workers.close();
  }
}
