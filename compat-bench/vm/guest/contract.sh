# The device contract on real namespaces.

make_zonefs /dev/nvme0n2
mount_zonefs /dev/nvme0n2
junit "nvme:" -Dzap.test.nvme=/dev/ng0n1 io.zapkv.zns.NvmeDeviceTest
junit "zonefs:" -Dzap.test.zonefs=/mnt/zns io.zapkv.zns.ZonefsDeviceTest
