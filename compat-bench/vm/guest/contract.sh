# Polled completions and the device contract, on real namespaces.

# The block device is the second namespace's, which nobody has written to yet.
junit "nvme: and polled completions" -Dzap.test.polled="/dev/$second" -Dzap.test.nvme="/dev/ng${first#nvme}" \
  io.zapkv.zns.nvme.PolledCompletionsTest io.zapkv.zns.NvmeDeviceTest
make_zonefs "/dev/$second"
mount_zonefs "/dev/$second"
junit "zonefs:" -Dzap.test.zonefs=/mnt/zns io.zapkv.zns.ZonefsDeviceTest
