package io.zapkv.engine.core;

import io.zapkv.zns.DeviceStats;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.StagingStore;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZonedDevice;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A device that asks a test before each report of its zones, which may throw.
record UnreportedDevice(ZonedDevice device, Runnable beforeReport) implements ZonedDevice {
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
    beforeReport.run();
    return device.report(zone);
  }

  @Override
  public List<ZoneReport> report() {
    beforeReport.run();
    return device.report();
  }

  @Override
  public ZoneQueue openQueue(int depth) {
    return device.openQueue(depth);
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
    device.close();
  }
}
