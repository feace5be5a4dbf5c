package io.zapkv.zns.emulated;

import io.zapkv.ring.Ring;
import io.zapkv.zns.DeviceStats;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.RingSource;
import io.zapkv.zns.StagingStore;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZonedDevice;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A zoned device whose rules are [EmulatedZones] and whose bytes lie in a [ZoneStore].
///
/// **Threading.** As [ZonedDevice] says.
public final class EmulatedDevice implements ZonedDevice {
  private final ReentrantLock lock = new ReentrantLock();
  private final String name;
  private final ZoneStore store;
  private final RingSource rings;
  private final OptionalLong reorderSeed;
  private final EmulatedZones zones;
  private final List<EmulatedQueue> queues = new ArrayList<>();
  private final QueueCounters countersOfClosedQueues = new QueueCounters();
  private int queuesOpened;
  private volatile boolean closed;

  /// Takes over the store and the rings.
  ///
  /// @param reorderSeed shuffles where appends land, where it is there
  EmulatedDevice(String name, ZoneStore store, RingSource rings, OptionalLong reorderSeed) {
    this.name = name;
    this.store = store;
    this.rings = rings;
    this.reorderSeed = reorderSeed;
    zones = new EmulatedZones(store.geometry(), store.words());
    store.attach(zones);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Geometry geometry() {
    return store.geometry();
  }

  @Override
  public ZoneReport report(int zone) {
    checkOpen();
    return zones.report(zone);
  }

  @Override
  public List<ZoneReport> report() {
    checkOpen();
    List<ZoneReport> reports = new ArrayList<>(geometry().zones());
    for (int zone = 0; zone < geometry().zones(); zone++) {
      reports.add(zones.report(zone));
    }
    return reports;
  }

  @Override
  public ZoneQueue openQueue(int depth) {
    lock.lock();
    try {
      checkOpen();
      Ring ring = rings.open(depth);
      int number = queuesOpened++;
      LandingOrder order =
          reorderSeed.isPresent() ? new LandingOrder(reorderSeed.getAsLong(), number) : null;
      EmulatedQueue queue =
          new EmulatedQueue(this, ring, new OperationRunner(zones, store, ring, number), order);
      queues.add(queue);
      return queue;
    } finally {
      lock.unlock();
    }
  }

  void closed(EmulatedQueue queue) {
    lock.lock();
    try {
      if (queues.remove(queue)) {
        countersOfClosedQueues.addAll(queue.counters());
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable MemorySegment mapped(int zone) {
    checkOpen();
    return store.mapped(zone);
  }

  @Override
  public @Nullable StagingStore staging() {
    checkOpen();
    return store.staging();
  }

  @Override
  public DeviceStats stats() {
    QueueCounters sum = new QueueCounters();
    lock.lock();
    try {
      sum.addAll(countersOfClosedQueues);
      for (EmulatedQueue queue : queues) {
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
        rings.description());
  }

  @Override
  public boolean isVolatile() {
    return store.isVolatile();
  }

  @Override
  public void close() {
    List<EmulatedQueue> open;
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      open = List.copyOf(queues);
    } finally {
      lock.unlock();
    }
    for (EmulatedQueue queue : open) {
      queue.close();
    }
    rings.close();
    store.close();
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException(name + " is closed");
    }
  }
}
