# The device contract on real namespaces.

make_zonefs "/dev/$second"
mount_zonefs "/dev/$second"
junit "nvme:" -Dzap.test.nvme="/dev/ng${first#nvme}" io.zapkv.zns.NvmeDeviceTest
junit "zonefs:" -Dzap.test.zonefs=/mnt/zns io.zapkv.zns.ZonefsDeviceTest
