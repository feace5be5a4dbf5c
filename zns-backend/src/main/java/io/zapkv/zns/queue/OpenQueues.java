package io.zapkv.zns.queue;

import io.zapkv.ring.RingException;
import io.zapkv.zns.DeviceRingException;
import io.zapkv.zns.DeviceStats;
import io.zapkv.zns.ZoneQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The queues of one device: those that are open, and what those that are closed have counted.
///
/// **Threading.** Any thread.
public final class OpenQueues {
  private final ReentrantLock lock = new ReentrantLock();
  private final String device;
  private final List<DeviceQueue> queues = new ArrayList<>();
  private final QueueCounters countersOfClosedQueues = new QueueCounters();
  private int opened;

  /// Of the first queue that was found to be lost.
  private @Nullable String loss;

  private volatile boolean closed;

  /// @param device the device's name
  public OpenQueues(String device) {
    this.device = device;
  }

  /// Makes and keeps a queue.
  ///
  /// @param factory makes it from its number, counted from zero
  public ZoneQueue open(IntFunction<DeviceQueue> factory) {
    lock.lock();
    try {
      checkOpen();
      DeviceQueue queue = factory.apply(opened++);
      queues.add(queue);
      return queue;
    } catch (RingException e) {
      throw new DeviceRingException(device, e);
    } finally {
      lock.unlock();
    }
  }

  /// A queue of these has been closed.
  public void closed(DeviceQueue queue) {
    lock.lock();
    try {
      if (queues.remove(queue)) {
        countersOfClosedQueues.addAll(queue.counters());
        note(queue);
      }
    } finally {
      lock.unlock();
    }
  }

  private void note(DeviceQueue queue) {
    if (loss == null) {
      loss = queue.loss();
    }
  }

  /// Whether the way of one of them to the device is lost, so that what they share may still be in
  /// use.
  public boolean haveLost() {
    lock.lock();
    try {
      queues.forEach(this::note);
      return loss != null;
    } finally {
      lock.unlock();
    }
  }

  /// What all queues have counted so far.
  ///
  /// @param ring see [DeviceStats#ring]; that a queue is lost, and why, is put behind it
  public DeviceStats stats(String ring) {
    QueueCounters sum = new QueueCounters();
    String described;
    lock.lock();
    try {
      sum.addAll(countersOfClosedQueues);
      for (DeviceQueue queue : queues) {
        sum.addAll(queue.counters());
        note(queue);
      }
      described = loss == null ? ring : ring + "; a queue is lost: " + loss;
    } finally {
      lock.unlock();
    }
    return new DeviceStats(
        sum.get(QueueCounters.APPENDED_BYTES),
        sum.get(QueueCounters.WRITTEN_BYTES),
        sum.get(QueueCounters.READ_BYTES),
        sum.get(QueueCounters.APPENDS),
        sum.get(QueueCounters.READS),
        sum.get(QueueCounters.RESETS),
        sum.get(QueueCounters.FINISHES),
        sum.get(QueueCounters.COPIED_BYTES),
        sum.get(QueueCounters.SYNCS),
        described);
  }

  /// Closes the queues; none can be opened afterwards.
  ///
  /// @return false where that has been done before
  public boolean close() {
    List<DeviceQueue> open;
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      closed = true;
      open = List.copyOf(queues);
    } finally {
      lock.unlock();
    }
    for (DeviceQueue queue : open) {
      queue.close();
    }
    return true;
  }

  /// Requires: the device has not been closed.
  public void checkOpen() {
    if (closed) {
      throw new IllegalStateException(device + " is closed");
    }
  }
}
