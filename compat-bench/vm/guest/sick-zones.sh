# Zones that turn read only, then offline, under a store on zonefs. Read only costs nothing that was
# acknowledged; offline is named, and is never a wrong value or an exception without a name.

readonly sick=/sys/kernel/config/nullb/sick

make_null_block() {
  mount -t configfs none /sys/kernel/config
  mkdir "$sick"
  local setting
  for setting in memory_backed=1 blocksize=4096 size=256 zoned=1 zone_size=4 zone_capacity=4 \
    zone_max_open=14 zone_max_active=14 power=1; do
    echo "${setting#*=}" >"$sick/${setting%=*}"
  done
}

# The first sector of the zone behind a file: zone 0 is zonefs' own (Z6).
sector_of() {
  echo $((($(basename "$1") + 1) * 8192))
}

# A zone that holds something but is not full, or one that is: prints its file.
file_with() {
  local file size
  for file in /mnt/zns/seq/*; do
    size=$(stat -c %s "$file")
    case $1 in
      room) ((size == 0 || size == 4194304)) || { echo "$file" && return; } ;;
      data) ((size == 0)) || { echo "$file" && return; } ;;
    esac
  done
  echo "no zone with $1" >&2
  return 1
}

# make_sick ATTRIBUTE WHICH STATE: by the kernel's report the zone is in that state afterwards.
make_sick() {
  local file
  file=$(file_with "$2") || return
  sector_of "$file" >"$sick/$1"
  blkzone report -o "$(sector_of "$file")" -c 1 /dev/sick | tee /dev/stderr | grep -q "$3"
}

named_or_fine() {
  local code=0
  "$@" || code=$?
  ((code == 0 || code == 3))
}

verify_names_it() {
  local output
  output=$(zap verify "$zonefs" 2>&1) || true
  echo "$output"
  [[ $output != *--debug* && ($output =~ zone\ [0-9] || $output == *sound) ]]
}

make_null_block
check "zonefs is made on zones in memory" make_zonefs /dev/sick || exit 0
check "and mounted" mount_zonefs /dev/sick || exit 0
check "a store is written" power_cut "$zonefs" "$ZAP_VM_FOLDER/acks" 400 || exit 0
check "a zone turns read only" make_sick zone_readonly room '13(ro)' || exit 0
check "all that was acknowledged is there" power_cut "$zonefs" "$ZAP_VM_FOLDER/acks" 0
check "writing goes on or is refused by name" named_or_fine power_cut "$zonefs" "$ZAP_VM_FOLDER/acks" 200
check "again, all that was acknowledged is there" power_cut "$zonefs" "$ZAP_VM_FOLDER/acks" 0
check "a zone goes offline" make_sick zone_offline data '15(of)' || exit 0
check "the store names it or has lost nothing" named_or_fine power_cut "$zonefs" "$ZAP_VM_FOLDER/acks" 0
check "verify names it" verify_names_it
