package io.zapkv.zns;

import io.zapkv.zns.nvme.SimNvme;

/// The contract on a simulated NVMe controller that cannot copy, and moves 16 KiB at a time.
class PlainSimNvmeDeviceTest extends SimNvmeDeviceTest {
  @Override
  SimNvme controller() {
    return super.controller().plain();
  }
}
