package io.zapkv.engine.inspect;

import io.zapkv.zns.DeviceStats;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.StagingException;
import io.zapkv.zns.StagingStore;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZonedDevice;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A device whose file system has no room for more staging memory, when told so.
final class FullStaging implements ZonedDevice {
  private final ZonedDevice device;
  volatile boolean full;

  FullStaging(ZonedDevice device) {
    this.device = device;
  }

  @Override
  public StagingStore staging() {
    StagingStore staging = device.staging();
    return new StagingStore() {
      @Override
      public MemorySegment map(String name, long bytes) {
        if (full && !staging.names().contains(name)) {
          throw StagingException.full(name, bytes + " bytes do not fit", null);
        }
        return staging.map(name, bytes);
      }

      @Override
      public List<String> names() {
        return staging.names();
      }

      @Override
      public void delete(String name) {
        staging.delete(name);
      }
    };
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
    return device.openQueue(depth);
  }

  @Override
  public MemorySegment mapped(int zone) {
    return device.mapped(zone);
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
    device.close();
  }
}
