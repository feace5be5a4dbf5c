package io.zapkv.engine.base;

/// How to wait for another thread that is a few instructions from done, and may have lost its
/// processor: look again at once, then let others run.
///
/// Never for waits on I/O or on room: those park.
public final class SpinWait {
  private static final int SPINS = 100;

  private SpinWait() {}

  /// Call between two looks; `tries` is how often has been looked already.
  @SuppressWarnings("ThreadPriorityCheck") // the one place that yields: on few cores the awaited
  // thread needs the processor that the waiter holds, and a simulated scheduler switches here
  public static void once(int tries) {
    if (tries < SPINS) {
      Thread.onSpinWait();
    } else {
      Thread.yield();
    }
  }
}
