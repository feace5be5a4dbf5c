package io.zapkv.fake;

import io.zapkv.api.CopyReport;
import io.zapkv.api.NotAStoreException;
import io.zapkv.api.RepairReport;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.VerifyReport;
import io.zapkv.api.ZapStore;
import io.zapkv.api.ZoneMap;
import io.zapkv.bench.target.Engine;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/// An engine whose devices are maps that live as long as it does.
public final class FakeEngine implements Engine {
  public final Map<String, ConcurrentSkipListMap<byte[], byte[]>> devices = new HashMap<>();
  public List<VerifyReport.Problem> problems = List.of();

  @Override
  public ZapStore open(String device, StoreOptions options) {
    if (!options.createIfMissing()) {
      require(device);
    }
    return new MapStore(devices.computeIfAbsent(device, _ -> MapStore.emptyMap()));
  }

  @Override
  public ZoneMap zones(String device) {
    require(device);
    return MapStore.zoneMap(device);
  }

  @Override
  public VerifyReport verify(String device) {
    require(device);
    return new VerifyReport(device, 8, 3, 100, 1000, 1 << 20, problems);
  }

  @Override
  public void format(String device, boolean force) {
    if (!force && devices.containsKey(device)) {
      throw new NotAStoreException(device, "an empty device", "a store", null);
    }
    devices.put(device, MapStore.emptyMap());
  }

  @Override
  public RepairReport repair(String device) {
    require(device);
    return new RepairReport(device, List.of(7), false, 250, verify(device));
  }

  @Override
  public CopyReport copy(String from, String to, boolean force) {
    require(from);
    format(to, force);
    devices.get(to).putAll(devices.get(from));
    return new CopyReport(from, to, 3, 1 << 20, 1, List.of(7), verify(to));
  }

  private void require(String device) {
    if (!devices.containsKey(device)) {
      throw new NotAStoreException(device, "a store", "nothing", null);
    }
  }
}
