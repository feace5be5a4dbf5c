package io.zapkv.zns;

import io.zapkv.zns.nvme.SimNvme;

/// The contract where no more zones may be active than open, on a simulated NVMe controller.
class TightSimNvmeDeviceTest extends SimNvmeDeviceTest {
  @Override
  SimNvme controller() {
    return new SimNvme(ZonedDevices.geometryOfNew("mem:?" + TIGHT_GEOMETRY));
  }
}
