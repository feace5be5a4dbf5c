# A device that gets full, is emptied and filled again.

make_zonefs /dev/nvme0n2
mount_zonefs /dev/nvme0n2
for device in "$nvme" "$zonefs"; do
  junit "$device" "-Dzap.test.device=$device" io.zapkv.engine.core.FullDeviceTest
done
