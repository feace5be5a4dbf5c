# Four open and four active zones, small ones, so that many are filled and emptied.

active_zones() {
  blkzone report "$1" | grep -cE 'zcond: ?[234]\('
}

# One of the store's zones may be active, but never more than the device allows; the kernel's log would
# tell of a refused command on a block device.
is_within_limits() {
  local active
  active=$(active_zones "$1")
  echo "$active active zones"
  ((active <= 4))
}

make_zonefs "/dev/$second"
mount_zonefs "/dev/$second"
for device in "$nvme" "$zonefs"; do
  check "$device: 5,000 records loaded, YCSB A" zap ycsb --workloads load,a --records 5000 \
    --operations 5000 --threads 2 --engines zapkv --memory 32MiB --device "$device"
  check "$device: sound" zap verify "$device"
done
check "nvme: four active zones at most" is_within_limits "/dev/$first"
check "zonefs: four active zones at most" is_within_limits "/dev/$second"
