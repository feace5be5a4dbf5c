# The store's own suite, on both devices.

make_zonefs /dev/nvme0n2
mount_zonefs /dev/nvme0n2
for device in "$nvme" "$zonefs"; do
  junit "$device" "-Dzap.test.device=$device" io.zapkv.engine.core.EngineTest io.zapkv.compat.ZapStoreTest
done
