package io.zapkv.zns.zonefs;

import io.zapkv.ring.RingFile;
import io.zapkv.zns.DeviceStats;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.RingSource;
import io.zapkv.zns.StagingStore;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.emulated.StagingFolder;
import io.zapkv.zns.queue.DeviceQueue;
import io.zapkv.zns.queue.OpenQueues;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A zoned device whose zones are the files of a zonefs; how, says the package.
///
/// **Threading.** As [ZonedDevice] says.
final class ZonefsDevice implements ZonedDevice {
  private final String name;
  private final ZonefsMount mount;
  private final ZonefsZones zones;
  private final ZoneWriters writers;
  private final RingSource rings;
  private final @Nullable StagingFolder staging;
  private final OpenQueues queues;

  /// Takes over all it is given.
  ZonefsDevice(
      String name,
      ZonefsMount mount,
      ZonefsZones zones,
      ZoneWriters writers,
      RingSource rings,
      @Nullable StagingFolder staging) {
    this.name = name;
    this.mount = mount;
    this.zones = zones;
    this.writers = writers;
    this.rings = rings;
    this.staging = staging;
    queues = new OpenQueues(name);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Geometry geometry() {
    return zones.geometry();
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
      InboxRing ring = new InboxRing(rings.open(depth), zones);
      ZonefsRunner runner = new ZonefsRunner(zones, ring, writers.anyThread(), number);
      return new DeviceQueue(geometry(), ring, runner, rings.patienceNanos(), null, queues::closed);
    });
  }

  /// Nothing: what a mapping shows past the end of a zone's file is a fault, and the end moves.
  @Override
  public @Nullable MemorySegment mapped(int zone) {
    queues.checkOpen();
    return null;
  }

  @Override
  public @Nullable StagingStore staging() {
    queues.checkOpen();
    return staging == null ? null : staging.store();
  }

  @Override
  public DeviceStats stats() {
    return queues.stats("gathered writes by threads of the device; " + rings.description());
  }

  @Override
  public boolean isVolatile() {
    return false;
  }

  @Override
  public void close() {
    if (!queues.close()) {
      return;
    }
    if (!queues.haveLost()) {
      writers.close();
      rings.close();
    }
    for (int zone = 0; zone < geometry().zones(); zone++) {
      RingFile reader = zones.line(zone).reader;
      if (reader != null) {
        reader.close();
      }
    }
    if (staging != null) {
      staging.close();
    }
    mount.close();
  }
}
