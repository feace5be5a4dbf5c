package io.zapkv.zns.emulated;

import io.zapkv.ring.Ring;
import io.zapkv.zns.DeviceStats;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.RingSource;
import io.zapkv.zns.StagingStore;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.queue.DeviceQueue;
import io.zapkv.zns.queue.LandingOrder;
import io.zapkv.zns.queue.OpenQueues;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// A zoned device whose rules are [EmulatedZones] and whose bytes lie in a [ZoneStore].
///
/// **Threading.** As [ZonedDevice] says.
public final class EmulatedDevice implements ZonedDevice {
  private final String name;
  private final ZoneStore store;
  private final RingSource rings;
  private final OptionalLong reorderSeed;
  private final EmulatedZones zones;
  private final OpenQueues queues;

  /// Takes over the store and the rings.
  ///
  /// @param reorderSeed shuffles where appends land, where it is there
  EmulatedDevice(String name, ZoneStore store, RingSource rings, OptionalLong reorderSeed) {
    this.name = name;
    this.store = store;
    this.rings = rings;
    this.reorderSeed = reorderSeed;
    queues = new OpenQueues(name);
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
    queues.checkOpen();
    return zones.report(zone);
  }

  @Override
  public List<ZoneReport> report() {
    queues.checkOpen();
    List<ZoneReport> reports = new ArrayList<>(geometry().zones());
    for (int zone = 0; zone < geometry().zones(); zone++) {
      reports.add(zones.report(zone));
    }
    return reports;
  }

  @Override
  public ZoneQueue openQueue(int depth) {
    return queues.open(number -> {
      Ring ring = rings.open(depth);
      LandingOrder order =
          reorderSeed.isPresent() ? new LandingOrder(reorderSeed.getAsLong(), number) : null;
      return new DeviceQueue(
          geometry(),
          ring,
          new EmulatedRunner(zones, store, ring, number),
          rings.patienceNanos(),
          order,
          queues::closed);
    });
  }

  @Override
  public @Nullable MemorySegment mapped(int zone) {
    queues.checkOpen();
    return store.mapped(zone);
  }

  @Override
  public @Nullable StagingStore staging() {
    queues.checkOpen();
    return store.staging();
  }

  @Override
  public DeviceStats stats() {
    return queues.stats(rings.description());
  }

  @Override
  public boolean isVolatile() {
    return store.isVolatile();
  }

  @Override
  public void close() {
    if (queues.close()) {
      if (!queues.haveLost()) {
        rings.close();
      }
      store.close();
    }
  }
}
