package io.zapkv.zns.fault;

import io.zapkv.zns.DeviceStats;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.StagingStore;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZonedDevice;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A device that passes everything on to another, except what its rules let fail.
///
/// It maps no zone: reads shall travel through queues, where the rules see them.
///
/// **Threading.** As [ZonedDevice] says; rules may be changed by any thread and hold for what is
/// submitted afterwards.
public final class FaultyDevice implements ZonedDevice {
  private final ZonedDevice device;
  private final FaultPlan plan = new FaultPlan();

  /// Wraps a device, which is closed with this one.
  ///
  /// @param rules see [FaultRule]
  public FaultyDevice(ZonedDevice device, String rules) {
    this.device = device;
    add(rules);
  }

  /// Adds rules; their counting begins now.
  public void add(String rules) {
    plan.add(FaultRule.parse(rules));
  }

  /// Forgets all rules.
  public void clear() {
    plan.clear();
  }

  /// How many operations a rule has struck.
  public long fired() {
    return plan.fired();
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

  /// Twice as deep inside: an operation that fails after its effect is two.
  @Override
  public ZoneQueue openQueue(int depth) {
    return new FaultyQueue(device.openQueue(depth * 2), depth, device.geometry(), plan);
  }

  @Override
  public @Nullable MemorySegment mapped(int zone) {
    return null;
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
