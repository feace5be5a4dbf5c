package io.zapkv.zns.check;

import io.zapkv.zns.DeviceStats;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.StagingStore;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZonedDevice;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A device that checks every answer of another, and that its queues are given back.
///
/// **Threading.** As [ZonedDevice] says. A zone must not be reset while completions of appends to
/// it are still to be delivered, by whichever queue.
///
/// **Failures.** A wrong answer or a leak is an [AssertionError], from the poll or the close that
/// finds it.
public final class CheckedDevice implements ZonedDevice {
  private final ReentrantLock lock = new ReentrantLock();
  private final ZonedDevice device;
  private final WrittenRanges ranges;
  private final List<CheckedQueue> open = new ArrayList<>();

  /// Wraps a device, which is closed with this one.
  public CheckedDevice(ZonedDevice device) {
    this.device = device;
    ranges = new WrittenRanges(device.geometry());
  }

  @Override
  public String name() {
    return device.name();
  }

  @Override
  public Geometry geometry() {
    return device.geometry();
  }

  @Override
  public ZoneReport report(int zone) {
    return device.report(zone);
  }

  @Override
  public List<ZoneReport> report() {
    return device.report();
  }

  @Override
  public ZoneQueue openQueue(int depth) {
    CheckedQueue queue = new CheckedQueue(this, device.openQueue(depth), ranges);
    lock.lock();
    try {
      open.add(queue);
    } finally {
      lock.unlock();
    }
    return queue;
  }

  void closed(CheckedQueue queue) {
    lock.lock();
    try {
      open.remove(queue);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable MemorySegment mapped(int zone) {
    return device.mapped(zone);
  }

  @Override
  public @Nullable StagingStore staging() {
    return device.staging();
  }

  @Override
  public DeviceStats stats() {
    return device.stats();
  }

  @Override
  public boolean isVolatile() {
    return device.isVolatile();
  }

  @Override
  public void close() {
    int leaked;
    lock.lock();
    try {
      leaked = open.size();
      open.clear();
    } finally {
      lock.unlock();
    }
    device.close();
    if (leaked > 0) {
      throw new AssertionError(leaked + " queues of " + name() + " were never closed");
    }
  }
}
