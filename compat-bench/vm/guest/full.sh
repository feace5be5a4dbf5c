# A device that gets full, is emptied and filled again.

make_zonefs "/dev/$second"
mount_zonefs "/dev/$second"
for device in "$nvme" "$zonefs"; do
  junit "$device" "-Dzap.test.device=$device" io.zapkv.engine.core.FullDeviceTest
done
