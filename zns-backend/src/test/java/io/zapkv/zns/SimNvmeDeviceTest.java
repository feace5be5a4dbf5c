package io.zapkv.zns;

import io.zapkv.zns.nvme.SimNvme;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;

/// The contract on a simulated NVMe controller that copies by itself.
class SimNvmeDeviceTest extends ZonedDeviceContract {
  private static final AtomicLong SEEDS =
      new AtomicLong(Long.getLong("zap.seed", System.nanoTime() & 0xFFFFFFL));

  @TempDir private Path folder;

  @Override
  ZonedDevice open() {
    long seed = SEEDS.getAndIncrement();
    System.out.println("seed " + seed + "; replay: -Dtest=SimNvmeDeviceTest -Dzap.seed=" + seed);
    return controller().open(folder, seed);
  }

  SimNvme controller() {
    return new SimNvme(ZonedDevices.geometryOfNew("mem:?" + GEOMETRY));
  }

  @Override
  boolean maps() {
    return false;
  }
}
