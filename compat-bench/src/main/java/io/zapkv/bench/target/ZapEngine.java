package io.zapkv.bench.target;

import io.zapkv.Zap;
import io.zapkv.api.CopyReport;
import io.zapkv.api.RepairReport;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.VerifyReport;
import io.zapkv.api.ZapStore;
import io.zapkv.api.ZoneMap;
import io.zapkv.engine.inspect.Inspect;

/// ZapKV as it is built.
public final class ZapEngine implements Engine {
  /// The engine of this build.
  public ZapEngine() {}

  @Override
  public ZapStore open(String device, StoreOptions options) {
    return Zap.open(device, options);
  }

  @Override
  public ZoneMap zones(String device) {
    return Inspect.zones(device);
  }

  @Override
  public VerifyReport verify(String device) {
    return Inspect.verify(device);
  }

  @Override
  public void format(String device, boolean force) {
    Inspect.format(device, force);
  }

  @Override
  public RepairReport repair(String device) {
    return Inspect.repair(device);
  }

  @Override
  public CopyReport copy(String from, String to, boolean force) {
    return Inspect.copy(from, to, force);
  }
}
