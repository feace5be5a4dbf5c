# YCSB A through the command line, and what it leaves.

make_zonefs "/dev/$second"
mount_zonefs "/dev/$second"
for device in "$nvme" "$zonefs"; do
  check "$device: 20,000 records loaded, YCSB A" zap ycsb --workloads load,a --records 20000 \
    --operations 20000 --threads 2 --engines zapkv --memory 32MiB --device "$device"
  check "$device: sound" zap verify "$device"
  check "$device: its zones are shown" zap zones "$device"
done
