package io.zapkv.engine.version;

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
import org.jspecify.annotations.Nullable;

/// A device with one zone that takes no more, whose report says so from the start or only once it
/// has refused a change, as zonefs does.
final class SickDevice implements ZonedDevice {
  private final FaultyDevice device;
  private final int zone;
  private final ZoneState sickness;
  private final boolean known;

  SickDevice(ZonedDevice healthy, int zone, ZoneState sickness, boolean known) {
    String where = " zone=" + zone + " fail ";
    String rules =
        sickness == ZoneState.OFFLINE
            ? "any" + where + "OFFLINE"
            : "append" + where + "READ_ONLY\nreset" + where + "MEDIA_WRITE";
    device = new FaultyDevice(healthy, rules);
    this.zone = zone;
    this.sickness = sickness;
    this.known = known;
  }

  @Override
  public ZoneReport report(int which) {
    ZoneReport report = device.report(which);
    return which == zone && (known || device.fired() > 0)
        ? new ZoneReport(which, sickness, -1, report.capacityBlocks(), report.writtenBefore())
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
  public @Nullable MemorySegment mapped(int which) {
    return device.mapped(which);
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
