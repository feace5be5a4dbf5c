# One machine: devices, a boot, a program inside, cuts of its power. Sourced by vm.sh.
#
#   new_machine NAME         begins a machine with a folder of its own, target/vm/NAME
#   controller APPEND        an NVMe controller whose appends are of at most so many bytes
#   namespace …              a zoned namespace: nsid, zones, size, capacity, open, active
#   disk SIZE                an ordinary disk, /dev/vda
#   run_program SECONDS      boots, prints what the program prints, returns what it returned

readonly BLOCK_BYTES=4096
# The exit code of a program whose machine died or was too slow.
readonly NO_STATUS=125
# That of one whose machine was stopped because the time for all steps was up.
readonly OUT_OF_TIME=124

machine=
folder=
devices=()
qemu=
# By which second of this shell all must be over, if there is such a limit.
deadline=
cut_short=

new_machine() {
  machine=$1
  folder=$root/target/vm/$1
  rm -rf "$folder"
  mkdir -p "$folder"
  echo "$folder" >"$folder/folder"
  devices=()
}

bytes() {
  numfmt --from=iec "$1"
}

controller() {
  local blocks=$(($(bytes "$1") / BLOCK_BYTES)) exponent=0
  while ((1 << exponent < blocks)); do exponent=$((exponent + 1)); done
  devices+=(-device "nvme,serial=zns,id=n0,zoned.zasl=$exponent")
}

# namespace NSID ZONES SIZE CAPACITY OPEN ACTIVE [FAULT…]; a fault is an option of blkdebug.
namespace() {
  local nsid=$1 zones=$2 size=$3 capacity=$4 open=$5 active=$6 fault drive
  shift 6
  truncate -s "$(($(bytes "$size") * zones))" "$folder/zoned$nsid.img"
  drive="id=d$nsid,if=none,format=raw,cache=unsafe"
  if (($# == 0)); then
    drive+=",file=$folder/zoned$nsid.img"
  else
    drive+=",file.driver=blkdebug,file.image.driver=file,file.image.filename=$folder/zoned$nsid.img"
    for fault in "$@"; do drive+=",file.$fault"; done
  fi
  local zoned="zoned=true,zoned.zone_size=$size,zoned.zone_capacity=$capacity"
  zoned+=",zoned.max_open=$open,zoned.max_active=$active"
  devices+=(-drive "$drive" -device
    "nvme-ns,drive=d$nsid,bus=n0,nsid=$nsid,logical_block_size=$BLOCK_BYTES,physical_block_size=$BLOCK_BYTES,$zoned")
}

disk() {
  truncate -s "$(bytes "$1")" "$folder/disk.img"
  devices+=(-drive "id=disk,if=virtio,format=raw,cache=unsafe,file=$folder/disk.img")
}

# The program is bash, begun in the folder that zap was begun in.
write_program() {
  {
    printf 'export PATH=%q HOME=%q JAVA_HOME=%q LANG=C.UTF-8\n' "$PATH" "$HOME" "$JAVA_HOME"
    printf 'export ZAP_VM_ROOT=%q ZAP_VM_FOLDER=%q ZAP_VM_GUEST=%q\n' "$root" "$folder" "$cache/guest"
    printf 'cd %q\n' "$PWD"
    cat
  } >"$folder/program"
}

# A killed QEMU resets every zone, so a machine whose state counts is reset and never killed; the
# reset has to boot again, hence no -no-reboot there.
start_machine() {
  local seconds=$1
  shift
  cut_short=
  if [[ -n $deadline ]] && ((seconds > deadline - SECONDS)); then
    seconds=$((deadline > SECONDS ? deadline - SECONDS : 1))
    cut_short=yes
  fi
  rm -f "$folder/status"
  : >"$folder/output"
  timeout --foreground -k 5 "$seconds" qemu-system-x86_64 \
    -nodefaults -machine q35 -accel tcg,thread=multi,tb-size=1024 -cpu max,-la57 -smp 2 -m 4G -display none \
    -kernel "$(kernel_image)" -initrd "$cache/initramfs" \
    -append "console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on" \
    -serial "file:$folder/console.log" \
    -fsdev local,id=host,path=/,security_model=none,multidevs=remap,readonly=on \
    -device virtio-9p-pci,fsdev=host,mount_tag=host \
    -fsdev local,id=shared,path="$folder",security_model=none,multidevs=remap \
    -device virtio-9p-pci,fsdev=shared,mount_tag=shared \
    "${devices[@]}" "$@" </dev/null >"$folder/qemu.log" 2>&1 &
  qemu=$!
}

# The exit code of the program, or the reason why there is none.
wait_for_machine() {
  local code=0
  wait "$qemu" || code=$?
  qemu=
  if [[ -s $folder/status ]]; then
    return "$(<"$folder/status")"
  elif [[ -n $cut_short ]] && ((code == 124 || code == 137)); then
    return "$OUT_OF_TIME"
  elif ((code == 124 || code == 137)); then
    say "the machine $machine took too long and was stopped"
  else
    say "the machine $machine ended without a result: $(tail -n 1 "$folder/qemu.log"), see $folder/console.log"
  fi
  return "$NO_STATUS"
}

run_program() {
  start_machine "$1" -no-reboot
  tail -s 0.2 -n +1 -f --pid="$qemu" "$folder/output"
  wait_for_machine
}

stop_machine() {
  [[ -z $qemu ]] || kill "$qemu" 2>/dev/null || true
}
