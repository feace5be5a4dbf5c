# Polled completions and the device contract, on real namespaces.

# The block device is the second namespace, which nobody has written to yet.
junit "polled completions" -Dzap.test.polled="/dev/$second" -Dzap.test.nvme="/dev/ng${first#nvme}" \
  io.zapkv.zns.nvme.PolledCompletionsTest
make_zonefs "/dev/$second"
mount_zonefs "/dev/$second"
junit "nvme:" -Dzap.test.nvme="/dev/ng${first#nvme}" io.zapkv.zns.NvmeDeviceTest
junit "zonefs:" -Dzap.test.zonefs=/mnt/zns io.zapkv.zns.ZonefsDeviceTest
