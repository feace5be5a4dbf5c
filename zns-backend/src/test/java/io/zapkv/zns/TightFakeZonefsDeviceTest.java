package io.zapkv.zns;

import io.zapkv.zns.zonefs.FakeZonefsDevices;

/// The contract where no more zones may be active than open, on a zonefs in memory.
class TightFakeZonefsDeviceTest extends FakeZonefsDeviceTest {
  @Override
  ZonedDevice open() {
    return FakeZonefsDevices.ofContract(ring(), folder, staging, 3);
  }
}
