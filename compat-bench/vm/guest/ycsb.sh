# YCSB A through the command line, and what it leaves.

readonly RECORDS=20000

# Every record is in a table, if only once, or in one that is to be merged away.
is_sound_and_whole() {
  local output entries
  output=$(zap verify "$1") || return
  echo "$output"
  entries=$(sed -n 's/.* blocks, \([0-9,]*\) entries.*/\1/p' <<<"$output")
  ((${entries//,/} >= RECORDS))
}

shows_zones() {
  local output
  output=$(zap zones "$1") || return
  echo "$output"
  [[ $output == *metadata* && $output == *"one table"* ]]
}

make_zonefs "/dev/$second"
mount_zonefs "/dev/$second"
for device in "$nvme" "$zonefs"; do
  check "$device: $RECORDS records loaded, YCSB A" zap ycsb --workloads load,a --records "$RECORDS" \
    --operations "$RECORDS" --threads 2 --engines zapkv --memory 32MiB --device "$device"
  check "$device: sound, and every record is there" is_sound_and_whole "$device"
  check "$device: its zones are shown" shows_zones "$device"
done
