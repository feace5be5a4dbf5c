package io.zapkv.compat;

import io.zapkv.api.CopyReport;
import io.zapkv.api.RepairReport;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.VerifyReport;
import io.zapkv.api.ZapStore;
import io.zapkv.api.ZoneMap;
import io.zapkv.bench.target.Engine;
import io.zapkv.bench.target.ZapEngine;
import io.zapkv.engine.base.SystemEnv;
import io.zapkv.zns.ZonedDevices;

/// ZapKV on a device at whose operations the process may end. Its memtables are small, so that a
/// short life sees flushes and merges.
record HaltingEngine(HaltPoint point, ZapEngine whole) implements Engine {
  private static final long MEMTABLE_BYTES = 1 << 20;

  @Override
  public ZapStore open(String device, StoreOptions options) {
    return io.zapkv.engine.core.Engine.open(
        new HaltingDevice(ZonedDevices.open(device), point),
        options.withMemtableBytes(MEMTABLE_BYTES),
        new SystemEnv());
  }

  @Override
  public ZoneMap zones(String device) {
    return whole.zones(device);
  }

  @Override
  public VerifyReport verify(String device) {
    return whole.verify(device);
  }

  @Override
  public void format(String device, boolean force) {
    whole.format(device, force);
  }

  @Override
  public RepairReport repair(String device) {
    return whole.repair(device);
  }

  @Override
  public CopyReport copy(String from, String to, boolean force) {
    return whole.copy(from, to, force);
  }
}
