# The store's own suite, on both devices.

make_zonefs "/dev/$second"
mount_zonefs "/dev/$second"
for device in "$nvme" "$zonefs"; do
  junit "$device" "-Dzap.test.device=$device" io.zapkv.engine.core.EngineTest io.zapkv.compat.ZapStoreTest
done
