package io.zapkv.zns.zonefs;

import io.zapkv.ring.Clock;
import io.zapkv.ring.CompletionHandler;
import io.zapkv.ring.Ring;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.RingStats;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A ring that also takes tasks to the lines of zones, and delivers those that writer threads have
/// finished.
///
/// What a flush takes to the lines joins them under one lock, so that appends submitted together
/// are gathered together.
///
/// Who waits, waits for the ring while something is on it, and for the inbox otherwise: what is on
/// the ring is a read or a sync, which needs nobody to come to its end, so that at worst a task is
/// delivered one read later than it could have been.
///
/// **Threading.** As [Ring] says; [#put] is for any thread.
///
/// **Memory.** Allocates nothing after construction.
///
/// **Bounds.** The owner submits no more tasks than the ring's capacity leaves room for.
final class InboxRing implements Ring {
  /// That of the machine, because parking keeps to it.
  private static final Clock CLOCK = Clock.system();

  private final Ring ring;
  private final ZonefsZones zones;

  /// Tasks that wait for the flush, oldest first.
  private @Nullable ZoneTask firstQueued;

  private @Nullable ZoneTask lastQueued;
  private int queued;

  /// Finished tasks, newest first.
  private final AtomicReference<@Nullable ZoneTask> top = new AtomicReference<>();

  private volatile @Nullable Thread waiter;

  /// Finished tasks that the owner has taken, oldest first.
  private @Nullable ZoneTask taken;

  /// Tasks handed to a line and not delivered yet.
  private int expected;

  /// Takes over a ring.
  InboxRing(Ring ring, ZonefsZones zones) {
    this.ring = ring;
    this.zones = zones;
  }

  /// Queues a task for the line of its zone; it comes back as a completion.
  void submit(ZoneTask task) {
    task.next = null;
    if (lastQueued == null) {
      firstQueued = task;
    } else {
      lastQueued.next = task;
    }
    lastQueued = task;
    queued++;
  }

  @Nullable ZoneTask firstQueued() {
    return firstQueued;
  }

  /// The oldest task is about to join a line, and will come back through [#put].
  void removeQueued(ZoneTask first) {
    firstQueued = first.next;
    if (firstQueued == null) {
      lastQueued = null;
    }
    queued--;
    expected++;
  }

  /// A task is finished.
  void put(ZoneTask task) {
    ZoneTask below;
    do {
      below = top.get();
      task.nextArrived = below;
    } while (!top.compareAndSet(below, task));
    // This load and the exchange above must not change places, nor the waiter's store and its look
    // at the top: both are volatile, so one of the two sides sees the other.
    Thread waiting = waiter;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }

  private @Nullable ZoneTask take() {
    if (taken == null) {
      ZoneTask newest = top.get() == null ? null : top.getAndSet(null);
      while (newest != null) {
        ZoneTask below = newest.nextArrived;
        newest.nextArrived = taken;
        taken = newest;
        newest = below;
      }
    }
    ZoneTask task = taken;
    if (task != null) {
      taken = task.nextArrived;
      task.nextArrived = null;
      expected--;
    }
    return task;
  }

  @Override
  public int poll(CompletionHandler handler, int limit) {
    int delivered = 0;
    while (delivered < limit) {
      ZoneTask task = take();
      if (task == null) {
        break;
      }
      delivered++;
      handler.onCompletion(task.token, 0, task.landedAt);
    }
    return delivered + (delivered < limit ? ring.poll(handler, limit - delivered) : 0);
  }

  @Override
  public int await(CompletionHandler handler, int limit, long timeoutNanos) {
    flush();
    int delivered = poll(handler, limit);
    if (delivered > 0 || limit <= 0 || outstanding() == 0) {
      return delivered;
    }
    if (ring.outstanding() > 0) {
      delivered = ring.await(handler, limit, timeoutNanos);
    } else {
      awaitTask(timeoutNanos);
    }
    return delivered > 0 ? delivered : poll(handler, limit);
  }

  /// What waits in a line or is being written goes on.
  @Override
  public void cancel(long token) {
    ring.cancel(token);
  }

  private void awaitTask(long timeoutNanos) {
    boolean interrupted = false;
    long begunNanos = CLOCK.nanos();
    long leftNanos = timeoutNanos;
    waiter = Thread.currentThread();
    while (leftNanos > 0 && top.get() == null) {
      LockSupport.parkNanos(this, leftNanos);
      leftNanos = timeoutNanos - (CLOCK.nanos() - begunNanos);
      // An interrupted thread does not park: take the mark away and put it back at the end.
      interrupted |= Thread.interrupted();
    }
    waiter = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public int capacity() {
    return ring.capacity();
  }

  @Override
  public int outstanding() {
    return queued + expected + ring.outstanding();
  }

  @Override
  public boolean read(
      RingFile file, long offsetBytes, MemorySegment target, int flags, long token) {
    return ring.read(file, offsetBytes, target, flags, token);
  }

  @Override
  public boolean write(
      RingFile file, long offsetBytes, MemorySegment source, int flags, long token) {
    return ring.write(file, offsetBytes, source, flags, token);
  }

  @Override
  public boolean writev(
      RingFile file, long offsetBytes, MemorySegment[] sources, int count, int flags, long token) {
    return ring.writev(file, offsetBytes, sources, count, flags, token);
  }

  @Override
  public boolean command(
      RingFile file, int operation, MemorySegment command, int flags, long token) {
    return ring.command(file, operation, command, flags, token);
  }

  @Override
  public boolean sync(RingFile file, int flags, long token) {
    return ring.sync(file, flags, token);
  }

  @Override
  public boolean nop(int flags, long token) {
    return ring.nop(flags, token);
  }

  @Override
  public int flush() {
    int joining = queued;
    if (joining > 0) {
      zones.joinAll(this);
    }
    return joining + ring.flush();
  }

  @Override
  public RingStats stats() {
    return ring.stats();
  }

  @Override
  public void close() {
    while (expected > 0) {
      if (take() == null) {
        awaitTask(FOREVER);
      }
    }
    ring.close();
  }
}
