# The steps of `zap vm test`: a machine each, and a program inside it. Sourced by vm.sh.
#
# A step that has power cuts leaves its own results; otherwise guest/lib.sh does, check by check.

readonly STEPS="namespaces rings rings-forbidden contract gather integration limits full ycsb faults sick-zones power-cut-nvme power-cut-zonefs power-cut-emu"

# With less time than that no step comes to its end.
readonly STEP_SECONDS_MIN=20

# The contract's own geometry; zonefs keeps a zone for itself.
step_contract() {
  new_machine contract
  controller 16K
  namespace 1 8 128K 96K 3 4
  namespace 2 9 128K 96K 3 4
  run_guest_program 900 contract.sh
}

# Zones that are large enough for the code to be compiled while one is written.
step_gather() {
  new_machine gather
  controller 128K
  namespace 1 2 64M 64M 2 2
  namespace 2 9 64M 64M 8 8
  run_guest_program 900 gather.sh
}

step_namespaces() {
  small_machine namespaces
  run_guest_program 120 namespaces.sh
}

step_rings() {
  new_machine rings
  run_guest_program 900 rings.sh
}

step_rings-forbidden() {
  small_machine rings-forbidden
  run_guest_program 900 rings-forbidden.sh
}

step_integration() {
  small_machine integration
  run_guest_program 1500 integration.sh
}

# Two for stores, two for the contract, two that no store fits on.
step_limits() {
  new_machine limits
  controller 16K
  namespace 1 64 1M 960K 4 4
  namespace 2 64 1M 960K 4 4
  namespace 3 8 128K 96K 3 3
  namespace 4 9 128K 96K 3 3
  namespace 5 16 1M 960K 3 3
  namespace 6 17 1M 960K 3 3
  devices+=(-trace pci_nvme_err_insuff_open_res -trace pci_nvme_err_insuff_active_res
    -trace pci_nvme_reset_zone)
  run_guest_program 900 limits.sh
}

step_full() {
  new_machine full
  controller 128K
  namespace 1 32 1M 1M 14 14
  namespace 2 33 1M 1M 14 14
  run_guest_program 1500 full.sh
}

step_ycsb() {
  small_machine ycsb
  run_guest_program 900 ycsb.sh
}

# Every third zone has one block that fails the first time it is written.
step_faults() {
  new_machine faults
  controller 128K
  local zone at=() number=0
  for ((zone = 2; zone < 64; zone += 3)); do
    at+=("inject-error.$number.event=pwritev" "inject-error.$number.iotype=write"
      "inject-error.$number.errno=5" "inject-error.$number.once=on"
      "inject-error.$number.sector=$((zone * 8192 + 800))")
    number=$((number + 1))
  done
  namespace 1 64 4M 4M 14 14 "${at[@]}"
  namespace 2 64 4M 4M 14 14 "${at[@]}"
  devices+=(-trace pci_nvme_err_aio)
  run_guest_program 900 faults.sh
}

step_sick-zones() {
  new_machine sick-zones
  run_guest_program 900 sick-zones.sh
}

readonly CUTS=3
readonly ACKS_BEFORE_A_CUT=200

step_power-cut-nvme() {
  power_cut_step nvme
}

step_power-cut-zonefs() {
  power_cut_step zonefs
}

# The guest loses its page cache, too, which is more than the namespaces lose.
step_power-cut-emu() {
  power_cut_step emu
}

power_cut_step() {
  small_machine "power-cut-$1"
  disk 512M
  printf 'readonly kind=%q\n. %q\n. %q\n' "$1" "$here/guest/lib.sh" "$here/guest/power-cut.sh" | write_program
  local verdict=pass code=0 cuts
  cut_power_while_writing "$CUTS" "$ACKS_BEFORE_A_CUT" 600 || code=$?
  if ((code == OUT_OF_TIME)); then
    no_time_left
    return
  fi
  ((code == 0)) || verdict=FAIL
  cuts=$(cat "$folder/cuts" 2>/dev/null) || cuts=0
  ((cuts == CUTS)) || verdict=FAIL
  echo "  $verdict $cuts cuts: $(tail -n 1 "$folder/output")"
  if [[ $verdict == pass ]]; then echo "passed 1"; else echo "failed 1"; fi >"$folder/results"
}

small_machine() {
  new_machine "$1"
  controller 128K
  namespace 1 64 4M 4M 14 14
  namespace 2 64 4M 4M 14 14
}

# A machine that dies in the middle is one more failure, beside the checks that were made.
run_guest_program() {
  printf '. %q\n. %q\n' "$here/guest/lib.sh" "$here/guest/$2" | write_program
  local code=0
  run_program "$1" || code=$?
  if ((code == OUT_OF_TIME)); then
    no_time_left
  elif ((code != 0)); then
    echo "failed 1" >>"$folder/results"
  fi
}

# What a step had found by then counts.
no_time_left() {
  echo "  skip the rest of this step: no time is left"
  echo "skipped 1" >>"$folder/results"
}

count() {
  cat "$root"/target/vm/*/results 2>/dev/null | awk -v what="$1" '$1 == what { sum += $2 } END { print sum + 0 }'
}

# Every step whose name begins with one of these: `power-cut` is all three.
chosen_steps() {
  local name step found
  for name in "$@"; do
    found=
    for step in $STEPS; do
      [[ $step != "$name"* ]] || { echo "$step" && found=yes; }
    done
    [[ -n $found ]] || die "there is no step $name, only $STEPS"
  done
}

run_steps() {
  local chosen step began passed failed skipped
  chosen=$(chosen_steps "$@")
  prepare
  rm -rf "$root/target/vm"
  mkdir -p "$root/target/vm"
  for step in $chosen; do
    began=$SECONDS
    echo "$step"
    if [[ -n $deadline ]] && ((SECONDS + STEP_SECONDS_MIN > deadline)); then
      new_machine "$step"
      no_time_left
      continue
    fi
    "step_$step"
    echo "  $((SECONDS - began)) s"
  done
  passed=$(count passed) failed=$(count failed) skipped=$(count skipped)
  ((skipped == 0)) || echo "$skipped skipped, their reasons are above"
  ((passed + failed + skipped > 0)) || failed=1
  echo "$passed $failed $skipped" >"$root/target/vm/sum"
  echo "vm: $passed passed, $failed failed"
  ((failed == 0))
}
