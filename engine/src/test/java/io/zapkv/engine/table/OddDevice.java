package io.zapkv.engine.table;

import io.zapkv.zns.DeviceStats;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.StagingStore;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZonedDevice;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.IntFunction;

/// A device whose mapping is the test's affair: none at all, or other bytes.
final class OddDevice implements ZonedDevice {
  private final ZonedDevice device;
  private final IntFunction<MemorySegment> mapping;

  OddDevice(ZonedDevice device, IntFunction<MemorySegment> mapping) {
    this.device = device;
    this.mapping = mapping;
  }

  static OddDevice withoutMapping(ZonedDevice device) {
    return new OddDevice(device, zone -> null);
  }

  @Override
  public MemorySegment mapped(int zone) {
    return mapping.apply(zone);
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
  public StagingStore staging() {
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
