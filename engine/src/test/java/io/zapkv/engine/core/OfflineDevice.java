package io.zapkv.engine.core;

import io.zapkv.zns.DeviceStats;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.StagingStore;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.fault.FaultyDevice;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A device of which zones are gone, with memory that outlives processes or without; what it holds
/// outlives them.
final class OfflineDevice implements ZonedDevice {
  private final FaultyDevice device;
  private final Set<Integer> offline;
  private final boolean hasStaging;

  /// @param offline zones that are gone; more may be added while it is open
  OfflineDevice(ZonedDevice healthy, Set<Integer> offline, boolean hasStaging) {
    this.device = new FaultyDevice(healthy, "");
    this.offline = offline;
    this.hasStaging = hasStaging;
    offline.forEach(this::refuse);
  }

  /// From now on there is also this rule of a [FaultyDevice].
  void add(String rule) {
    device.add(rule);
  }

  /// From now on `zone` is gone.
  void lose(int zone) {
    offline.add(zone);
    refuse(zone);
  }

  private void refuse(int zone) {
    device.add("any zone=" + zone + " fail OFFLINE");
  }

  @Override
  public ZoneReport report(int zone) {
    ZoneReport report = device.report(zone);
    return offline.contains(zone)
        ? new ZoneReport(
            zone, ZoneState.OFFLINE, -1, report.capacityBlocks(), report.writtenBefore())
        : report;
  }

  @Override
  public List<ZoneReport> report() {
    return device.report().stream().map(report -> report(report.zone())).toList();
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
  public ZoneQueue openQueue(int depth) {
    return device.openQueue(depth);
  }

  @Override
  public @Nullable MemorySegment mapped(int zone) {
    return device.mapped(zone);
  }

  @Override
  public @Nullable StagingStore staging() {
    return hasStaging ? device.staging() : null;
  }

  @Override
  public DeviceStats stats() {
    return device.stats();
  }

  @Override
  public boolean isVolatile() {
    return false;
  }

  @Override
  public void close() {
    device.close();
  }
}
