#!/usr/bin/env bash
# `zap vm`: a virtual machine with real zoned devices, on any x86 Linux with apt. Begun by `zap`, which
# sets JAVA_HOME and has built. What it can show and what not: docs/DEVICES.md.
#
#   zap vm test [STEP…]      every step, or those that begin so; the last line is the sum
#   zap vm test --minutes N [STEP…]   the same, and what would take longer is skipped
#   zap vm shell COMMAND     runs a command of bash in a machine with zoned namespaces
#   zap vm steps             the names of the steps
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/zapkv/vm
readonly here root cache

die() {
  echo "zap vm: $*" >&2
  exit 1
}

say() {
  echo "zap vm: $*" >&2
}

# What this machine lacks is no failure of what is to be tested: the exit code is another.
readonly UNAVAILABLE=77
unavailable() {
  say "$*"
  exit "$UNAVAILABLE"
}

. "$here/lib/packages.sh"
. "$here/lib/image.sh"
. "$here/lib/machine.sh"
. "$here/lib/power.sh"
. "$here/steps.sh"

prepare() {
  [[ $(uname -sm) == "Linux x86_64" ]] || unavailable "the virtual machine needs Linux on x86-64"
  mkdir -p "$cache"
  # Two runs at once would fetch into one folder.
  exec 8>"$cache/lock"
  flock 8
  need_tools
  fetch_guest
  build_image
  exec 8>&-
}

shell() {
  (($# == 1)) || die "one command, in quotes: zap vm shell 'ls /dev/ng*'"
  prepare
  small_machine shell
  printf '. %q\n%s\n' "$here/guest/lib.sh" "$1" | write_program
  run_program 3600
}

trap stop_machine EXIT
case ${1:-} in
  shell)
    shift
    shell "$@"
    ;;
  test)
    shift
    if [[ ${1:-} == --minutes ]]; then
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || die "--minutes wants a number of 1 or more"
      deadline=$((SECONDS + $2 * 60))
      shift 2
    fi
    # Without a name every step: all begin with nothing.
    run_steps "${@:-}"
    ;;
  steps) printf '%s\n' $STEPS ;;
  *) sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
esac
