# The monitor of a machine (QMP), and cuts of its power. Sourced by vm.sh.

# Begins a machine that can be reset, and opens its monitor on descriptors 5 and 6.
start_machine_with_monitor() {
  mkfifo "$folder/qmp.in" "$folder/qmp.out"
  exec 5<>"$folder/qmp.in" 6<>"$folder/qmp.out"
  start_machine "$1" -chardev "pipe,id=qmp,path=$folder/qmp" -mon chardev=qmp,mode=control
  await_monitor '"QMP"'
  echo '{"execute": "qmp_capabilities"}' >&5
  await_monitor '"return"'
}

await_monitor() {
  local line
  while IFS= read -r -t 30 line <&6; do
    [[ $line != *"$1"* ]] || return 0
  done
  say "the machine's monitor did not say $1"
  return 1
}

# The zones and what they hold stay; the guest's memory goes. Killing QEMU would empty every zone.
cut_power() {
  echo '{"execute": "system_reset"}' >&5
  await_monitor '"RESET"'
}

size_of() {
  if [[ -e $1 ]]; then stat -c %s "$1"; else echo 0; fi
}

# Waits until the file of acks has grown by so many bytes; fails when the machine ends before.
await_acks() {
  local goal=$(($(size_of "$folder/acks") + $1))
  while (($(size_of "$folder/acks") < goal)); do
    kill -0 "$qemu" 2>/dev/null || return 1
    sleep 0.1
  done
}

readonly ACK_BYTES=9

# cut_power_while_writing CUTS ACKS SECONDS: resets the machine so often, each time some time after
# so many acks have reached this side, and lets the program check at the end. It finds a file `last`
# when there is nothing more to write. Returns the program's exit code.
cut_power_while_writing() {
  local cuts=$1 acks=$2 cut
  start_machine_with_monitor "$3"
  for ((cut = 1; cut <= cuts; cut++)); do
    await_acks $((acks * ACK_BYTES)) || break
    sleep "$((RANDOM % 3)).$((RANDOM % 10))"
    ((cut < cuts)) || touch "$folder/last"
    cut_power || break
    echo "  cut $cut, $(($(size_of "$folder/acks") / ACK_BYTES)) puts acknowledged"
    echo "$cut" >"$folder/cuts"
  done
  local code=0
  wait_for_machine || code=$?
  exec 5>&- 6>&-
  return "$code"
}
