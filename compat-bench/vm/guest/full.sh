# A device that gets full, is emptied and filled again. Twice: the guest is slow.

make_zonefs "/dev/$second"
mount_zonefs "/dev/$second"
for device in "$nvme" "$zonefs"; do
  junit "$device" "-Dzap.test.device=$device" -Dzap.cycles=2 io.zapkv.engine.core.FullDeviceTest
done
