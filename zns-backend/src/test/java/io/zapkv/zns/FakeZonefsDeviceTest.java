package io.zapkv.zns;

import io.zapkv.zns.zonefs.FakeZonefsDevices;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// The contract on a zonefs in memory; on a real one it is [ZonefsDeviceTest].
class FakeZonefsDeviceTest extends ZonedDeviceContract {
  @TempDir Path staging;

  @Override
  ZonedDevice open() {
    return FakeZonefsDevices.ofContract(staging);
  }

  @Override
  boolean maps() {
    return false;
  }
}
