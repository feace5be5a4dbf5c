package io.zapkv.zns;

/// The contract where no more zones may be active than open, in memory.
class TightMemoryDeviceTest extends ZonedDeviceContract {
  @Override
  ZonedDevice open() {
    return ZonedDevices.open("mem:?" + TIGHT_GEOMETRY);
  }
}
