# What programs inside the guest have in common. Sourced; the host has set ZAP_VM_ROOT, ZAP_VM_FOLDER
# and ZAP_VM_GUEST.

# The kernel numbers the nodes as it finds the namespaces, another way from boot to boot.
block_of() {
  local nsid
  for nsid in /sys/class/block/nvme0n*/nsid; do
    if [[ -e $nsid && $(<"$nsid") == "$1" ]]; then
      basename "${nsid%/nsid}"
    fi
  done
}

first=$(block_of 1)
second=$(block_of 2)
readonly first second
readonly nvme=nvme:/dev/ng${first#nvme} zonefs=zonefs:/mnt/zns

# The guest is slow, and most of what it runs is short.
java_in_guest() {
  "$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Xmx1g -ea \
    --enable-native-access=ALL-UNNAMED "$@"
}

zap() {
  java_in_guest -cp "$ZAP_VM_ROOT/compat-bench/target/classes:$(<"$ZAP_VM_ROOT/compat-bench/target/launcher.classpath")" \
    io.zapkv.cli.Zap "$@"
}

power_cut() {
  java_in_guest -cp "$ZAP_VM_ROOT/compat-bench/target/classes:$(<"$ZAP_VM_ROOT/compat-bench/target/launcher.classpath")" \
    io.zapkv.compat.PowerCut "$@"
}

# zonefs on a namespace or another block device, made anew.
make_zonefs() {
  "$ZAP_VM_GUEST/usr/sbin/mkzonefs" -f "$1" >"$ZAP_VM_FOLDER/mkzonefs.log"
}

# At /mnt/zns, unless another folder is given.
mount_zonefs() {
  local folder=${2:-/mnt/zns}
  mkdir -p "$folder"
  mount -t zonefs -o errors=zone-ro,explicit-open "$1" "$folder"
}

# check NAME COMMAND…: one line, with the last thing that was said where it failed. Its result is the
# command's, for those that others build on: they end in `|| exit 0`.
check() {
  local name=$1 began=$SECONDS code=0 log=$ZAP_VM_FOLDER/check.log
  shift
  "$@" >"$log" 2>&1 || code=$?
  {
    echo "--- $name"
    cat "$log"
  } >>"$ZAP_VM_FOLDER/details"
  if ((code == 0)); then
    echo "  pass $name ($((SECONDS - began)) s)"
    echo "passed 1" >>"$ZAP_VM_FOLDER/results"
  else
    echo "  FAIL $name ($((SECONDS - began)) s): $(tail -n 1 "$log")"
    echo "failed 1" >>"$ZAP_VM_FOLDER/results"
  fi
  return "$code"
}

# junit NAME [-Dx=y…] CLASS…: its tests count one by one.
junit() {
  local name=$1 began=$SECONDS log=$ZAP_VM_FOLDER/check.log verdict=pass module path=
  # A limit that no test comes near elsewhere is a matter of luck here; the step's own stays.
  local properties=(-Djunit.jupiter.execution.timeout.mode=disabled)
  shift
  while [[ $1 == -D* ]]; do
    properties+=("$1")
    shift
  done
  for module in ring zns-backend engine compat-bench; do
    path+=$ZAP_VM_ROOT/$module/target/test-classes:$ZAP_VM_ROOT/$module/target/classes:
  done
  path+=$(<"$ZAP_VM_ROOT/compat-bench/target/test.classpath")
  java_in_guest "${properties[@]}" -cp "$path" io.zapkv.guest.GuestTests "$ZAP_VM_FOLDER/counts" "$@" \
    >"$log" 2>&1 || verdict=FAIL
  {
    echo "--- $name"
    cat "$log"
  } >>"$ZAP_VM_FOLDER/details"
  if [[ -s $ZAP_VM_FOLDER/counts ]]; then
    cat "$ZAP_VM_FOLDER/counts" >>"$ZAP_VM_FOLDER/results"
    rm "$ZAP_VM_FOLDER/counts"
  else
    verdict=FAIL
    echo "failed 1" >>"$ZAP_VM_FOLDER/results"
  fi
  echo "  $verdict $name ($((SECONDS - began)) s): $(tail -n 1 "$log")"
  grep -E '^(FAIL|skip)' "$log" | sed 's/^/       /'
}
