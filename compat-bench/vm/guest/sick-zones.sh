# Zones that turn read only or go offline under a store on zonefs. What each costs: a table's or a
# log's read-only zone nothing; a table's offline zone its keys, by name; a metadata zone that takes no
# more all writing, by name, and nothing that was written.

readonly zone_sectors=2048

# A device of 64 zones of 1 MiB in memory, as /dev/NAME.
make_null_block() {
  local sick=/sys/kernel/config/nullb/$1 setting
  mkdir "$sick"
  for setting in memory_backed=1 blocksize=4096 size=64 zoned=1 zone_size=1 zone_capacity=1 \
    zone_max_open=14 zone_max_active=14 power=1; do
    echo "${setting#*=}" >"$sick/${setting%=*}"
  done
  make_zonefs "/dev/$1" && mount_zonefs "/dev/$1" "/mnt/$1"
}

# make_sick NAME ATTRIBUTE ZONE: by the kernel's own report the zone is in that state afterwards. File 0
# is the device's zone 1 (Z6).
make_sick() {
  local sector=$((($3 + 1) * zone_sectors)) state
  case $2 in
    zone_readonly) state='13(ro)' ;;
    zone_offline) state='15(of)' ;;
  esac
  echo "$sector" >"/sys/kernel/config/nullb/$1/$2"
  blkzone report -o "$sector" -c 1 "/dev/$1" | tee /dev/stderr | grep -qF "$state"
}

# zone_of NAME USE: the last zone that is used so, a row of `zap zones`. With a table it is the one that
# the next small table would go to, if there is one.
zone_of() {
  zap zones "zonefs:/mnt/$1" | awk -v use="$2" '
    $1 ~ /^[0-9]+$/ && $0 ~ use && $2 ~ /^(open|closed|full)$/ {
      if ($2 != "full" || found == "") found = $1
    }
    END { print found }' | grep .
}

# refused_for ZONE TEXT COMMAND…: it ends in a named refusal that says which zone, and the text.
refused_for() {
  local zone=$1 text=$2 output code=0
  shift 2
  output=$("$@" 2>&1) || code=$?
  echo "$output"
  ((code == 3)) && [[ $output == *"refused: "*": zone $zone"[:\ ,]* && $output == *"$text"* ]]
}

verify_names() {
  local output code=0
  output=$(zap verify "$1" 2>&1) || code=$?
  echo "$output"
  ((code == 1)) && grep -q "^$1: zone $2[: ,].*expected .*, got " <<<"$output"
}

# The copy has all that was acknowledged, and takes more.
copies_to() {
  zap copy "$1" "$2" && power_cut "$2" "$3" 50
}

mount -t configfs none /sys/kernel/config
readonly tables=zonefs:/mnt/tables metadata=zonefs:/mnt/metadata
acks=$ZAP_VM_FOLDER/acks-tables
check "zonefs is made on zones in memory" make_null_block tables || exit 0
check "a store is written" power_cut "$tables" "$acks" 400 || exit 0
zone=$(zone_of tables tables) || exit 1
check "zone $zone, of tables, turns read only" make_sick tables zone_readonly "$zone" || exit 0
check "nothing is lost, and writing goes on" power_cut "$tables" "$acks" 200
zone=$(zone_of tables ' log ') || exit 1
check "zone $zone, of the log, turns read only" make_sick tables zone_readonly "$zone" || exit 0
check "nothing is lost, and writing goes on" power_cut "$tables" "$acks" 200
check "all that was acknowledged is there" power_cut "$tables" "$acks" 0
check "sound" zap verify "$tables"
zone=$(zone_of tables tables) || exit 1
check "zone $zone, of tables, goes offline" make_sick tables zone_offline "$zone" || exit 0
check "reading names it" refused_for "$zone" OFFLINE power_cut "$tables" "$acks" 0
check "verify names it" verify_names "$tables" "$zone"

acks=$ZAP_VM_FOLDER/acks-metadata
check "another device" make_null_block metadata || exit 0
check "a store is written" power_cut "$metadata" "$acks" 200 || exit 0
check "zone 0, of metadata, turns read only" make_sick metadata zone_readonly 0 || exit 0
check "writing is refused with the cure" \
  refused_for 0 "copy the store to another device" power_cut "$metadata" "$acks" 50
check "the store is sound" zap verify "$metadata"
cp "$acks" "$acks-copy"
check "a copy has it all and takes more" \
  copies_to "$metadata" "emu:/dev/shm/first?zones=63&capacity=1MiB" "$acks-copy"
check "zone 0, of metadata, goes offline" make_sick metadata zone_offline 0 || exit 0
check "writing is refused with the cure" \
  refused_for 0 "copy the store to another device" power_cut "$metadata" "$acks" 50
cp "$acks" "$acks-copy"
check "a copy has it all and takes more" \
  copies_to "$metadata" "emu:/dev/shm/second?zones=63&capacity=1MiB" "$acks-copy"
