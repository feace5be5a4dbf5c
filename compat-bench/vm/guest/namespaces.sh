# Are the devices what the other steps take them for? Nothing of ZapKV takes part.

is_zoned() {
  [[ $(<"/sys/block/$1/queue/zoned") == host-managed ]] &&
    [[ $(<"/sys/block/$1/queue/max_open_zones") == 14 ]] &&
    [[ $(<"/sys/block/$1/queue/max_active_zones") == 14 ]] &&
    [[ $(blkzone report "/dev/$1" | grep -c 'zcond: 1(em)') == 64 ]]
}

# Z3: the size of a file is the write pointer, its blocks are the capacity, truncate(0) is a reset.
writes_and_resets() {
  local file=/mnt/zns/seq/0
  [[ $(stat -c '%s %b' "$file") == "0 8192" ]] &&
    dd if=/dev/urandom of="$file" bs=4096 count=3 oflag=direct conv=notrunc status=none &&
    [[ $(stat -c %s "$file") == 12288 ]] &&
    truncate -s 0 "$file" &&
    [[ $(stat -c %s "$file") == 0 ]]
}

# The mount table does not show explicit-open. File 0 is zone 1 (Z6).
opens_explicitly() {
  blkzone report -o 8192 -c 1 "/dev/$second" | grep 'zcond: 3(oe)'
} 7>>/mnt/zns/seq/0

check "the kernel is 6.12 or newer" test "$(printf '%s\n' 6.12 "$(uname -r)" | sort -V | head -n 1)" = 6.12
check "there is a node for passthrough" test -c "/dev/ng${first#nvme}"
check "the first namespace is zoned, empty and limited" is_zoned "$first"
check "the second one, too" is_zoned "$second"
check "zonefs is made on the second" make_zonefs "/dev/$second"
check "and mounted, with errors=zone-ro and explicit-open" mount_zonefs "/dev/$second"
check "one bad zone would not stop the others" grep -q "^/dev/$second .*errors=zone-ro" /proc/mounts
check "a file open for writing holds its zone open" opens_explicitly
check "a zone file takes direct writes and a reset" writes_and_resets
