# io_uring forbidden by its sysctl. That is for the whole machine, so this is the only place to try
# it: with `auto` a store has threads and says why, with `uring` it is refused with the cure, and so
# is a namespace, for which nothing else will do.

readonly store='emu:/tmp/forbidden?zones=16&size=1MiB&capacity=1MiB'
readonly switch=/proc/sys/kernel/io_uring_disabled

set_switch() {
  echo "$1" >"$switch" && [[ $(<"$switch") == "$1" ]]
}

# A process with this right may use io_uring while the sysctl is 1.
without_the_right() {
  setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin "$BASH" -c '"$@"' without_the_right "$@"
}

# answers CODE TEXT COMMAND…: ends with that code, and says that.
answers() {
  local code=0 expected=$1 text=$2 output
  shift 2
  output=$("$@" 2>&1) || code=$?
  echo "$output"
  ((code == expected)) && [[ $output == *"$text"* && $output != *--debug* ]]
}

export -f zap java_in_guest
readonly for_nobody='the sysctl kernel.io_uring_disabled is 2, for nobody: set it to 0, as root'
readonly for_members='the sysctl kernel.io_uring_disabled is 1, for members of io_uring_group only'

check "a store is written while io_uring is allowed" zap put "$store" key value --durable || exit 0
check "on io_uring" answers 0 "io_uring: allowed here" zap stats "$store"

check "io_uring is forbidden to all" set_switch 2 || exit 0
check "auto has threads and says why" answers 0 "4 worker threads: no io_uring, io_uring_setup failed with EPERM; $for_nobody" zap stats "$store"
check "what io_uring wrote is there" answers 0 value zap get "$store" key
check "uring is refused with the cure" answers 1 "$for_nobody" zap get "$store&ring=uring" key
check "a namespace is refused with the cure" answers 1 "$for_nobody" zap get "$nvme" key

check "io_uring is forbidden to those without a right" set_switch 1 || exit 0
check "auto has threads and says why, then" answers 0 "$for_members" without_the_right zap stats "$store"
check "uring is refused with the cure, then" answers 1 "$for_members" without_the_right zap get "$store&ring=uring" key
check "who has the right is on io_uring" answers 0 "io_uring: allowed here" zap stats "$store"

check "io_uring is allowed again" set_switch 0
check "and used" answers 0 "io_uring: allowed here" zap stats "$store"
