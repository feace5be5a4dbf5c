package io.zapkv.zns;

import io.zapkv.zns.fault.FaultyDevice;

/// Without a rule, the wrapper changes nothing.
class FaultlessFaultyDeviceTest extends ZonedDeviceContract {
  @Override
  ZonedDevice open() {
    return new FaultyDevice(ZonedDevices.open("mem:?" + GEOMETRY), "");
  }

  @Override
  boolean maps() {
    return false;
  }
}
