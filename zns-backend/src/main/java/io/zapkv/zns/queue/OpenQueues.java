package io.zapkv.zns.queue;

import io.zapkv.zns.DeviceStats;
import io.zapkv.zns.ZoneQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;

/// The queues of one device: those that are open, and what those that are closed have counted.
///
/// **Threading.** Any thread.
public final class OpenQueues {
  private final ReentrantLock lock = new ReentrantLock();
  private final String device;
  private final List<DeviceQueue> queues = new ArrayList<>();
  private final QueueCounters countersOfClosedQueues = new QueueCounters();
  private int opened;
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
      }
    } finally {
      lock.unlock();
    }
  }

  /// What all queues have counted so far.
  ///
  /// @param ring see [DeviceStats#ring]
  public DeviceStats stats(String ring) {
    QueueCounters sum = new QueueCounters();
    lock.lock();
    try {
      sum.addAll(countersOfClosedQueues);
      for (DeviceQueue queue : queues) {
        sum.addAll(queue.counters());
      }
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
        ring);
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
