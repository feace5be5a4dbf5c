#!/usr/bin/env bash
# The `zap` command, straight from a clone: finds a JDK, builds when a source is newer than the last
# build, and runs. Standard output belongs to the program; whatever this script says goes to stderr.
#
#   zap VERB [ARGUMENTS]     run the command line, see `zap --help`
#   zap test [MAVEN ARGS]    every gate and every test
#   zap jmh [JMH ARGS]       benchmarks of structures, see docs/PERFORMANCE.md
#   zap stress [ARGUMENTS]   jcstress on what threads share, see docs/TESTING.md
#   zap fmt                  format the sources
#   zap vm test [STEP…]      the same on real zoned devices, in a virtual machine; see docs/DEVICES.md
#   zap vm shell COMMAND     runs a command in that machine
#   zap java-home            print the JDK that would be used
#
# ZAP_JAVA_HOME chooses the JDK, ZAP_JAVA_OPTS adds options for the JVM that runs the verb.
# Kept to what bash 3.2 understands, because that is the bash of macOS.
set -euo pipefail

readonly JDK=25
readonly NO_JDK="no JDK $JDK found: install one (e.g. Temurin $JDK) and set JAVA_HOME to it"
readonly NO_MAVEN="no mvn found: install Apache Maven 3.8.7 or newer and put it on the PATH"

die() {
  echo "zap: $*" >&2
  exit 1
}

# readlink -f is not everywhere.
resolve() {
  local path=$1 target
  while [[ -L $path ]]; do
    target=$(readlink "$path")
    case $target in
      /*) path=$target ;;
      *) path=$(dirname "$path")/$target ;;
    esac
  done
  printf '%s/%s\n' "$(cd -P "$(dirname "$path")" && pwd)" "$(basename "$path")"
}

# Reads the file every JDK carries, because starting a JVM to ask costs more than the rest of this
# script. No answer, hence 0, for a JRE: it could not build.
major_of() {
  local home=$1 version=0
  if [[ -x $home/bin/javac && -r $home/release ]]; then
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release")
  fi
  echo "${version:-0}"
}

candidates() {
  local java
  [[ -z ${JAVA_HOME:-} ]] || echo "$JAVA_HOME"
  if java=$(command -v java); then
    java=$(resolve "$java")
    echo "${java%/bin/java}"
  fi
  local home
  for home in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* "${HOME:-}"/.sdkman/candidates/java/* \
    "${HOME:-}"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    [[ ! -d $home ]] || echo "$home"
  done
}

# The enforcer builds with JDK 25 and no other, so that one wins over a newer one found earlier.
find_jdk() {
  if [[ -n ${ZAP_JAVA_HOME:-} ]]; then
    (($(major_of "$ZAP_JAVA_HOME") >= JDK)) ||
      die "ZAP_JAVA_HOME is no JDK $JDK or newer: $ZAP_JAVA_HOME"
    echo "$ZAP_JAVA_HOME"
    return
  fi
  local home major newer=
  while IFS= read -r home; do
    major=$(major_of "$home")
    if ((major == JDK)); then
      echo "$home"
      return
    elif ((major > JDK)) && [[ -z $newer ]]; then
      newer=$home
    fi
  done < <(candidates)
  [[ -n $newer ]] || die "$NO_JDK"
  echo "$newer"
}

# Asked before Maven's output goes to a file, where these words would go unread.
need_maven() {
  command -v mvn >/dev/null || die "$NO_MAVEN"
  (($(major_of "$JAVA_HOME") == JDK)) || die "building needs JDK $JDK itself, not the newer $JAVA_HOME"
}

maven() {
  # Maven's own libraries still use sun.misc.Unsafe; older JVMs do not know the option that allows it,
  # so it cannot stand in .mvn/jvm.config.
  (cd "$root" && MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}" mvn -B -ntp "$@")
}

# Folders count too: a deleted source leaves no newer file behind.
stale() {
  [[ -f $stamp && -s $classpath ]] || return 0
  local newer
  newer=$(cd "$root" && find pom.xml .mvn ./*/pom.xml ./*/src -newer "$stamp" -print -quit)
  [[ -z $newer ]] || return 0
  local entry entries
  IFS=: read -r -a entries <"$classpath" || true
  for entry in "${entries[@]}"; do
    [[ -e $entry ]] || return 0
  done
  return 1
}

# Takes its time before the build: a source saved while Maven runs must count as newer.
begin_stamp() {
  mkdir -p "$root/target" "$(dirname "$stamp")"
  touch "$root/target/zap.begun.$$"
  trap 'rm -f "$root/target/zap.begun.$$"' EXIT
}

end_stamp() {
  mv "$root/target/zap.begun.$$" "$stamp"
}

build() (
  need_maven
  mkdir -p "$root/target"
  # A subshell holds the lock, so that the program it builds for does not.
  if command -v flock >/dev/null; then
    exec 9>"$root/target/zap.lock"
    flock 9
    stale || exit 0
  fi
  echo "building ZapKV (first time: a few minutes)…" >&2
  begin_stamp
  local log=$root/target/zap-build.log reasons
  # Format is a gate of `zap test`; it does not stand between a change and a try.
  if ! maven -DskipTests -Dspotless.check.skip=true package >"$log" 2>&1; then
    reasons=$(grep -E '^(\[ERROR\] .*\.java|\[WARNING\] .*\.java)' "$log" | sort -u) || reasons=$(tail -n 20 "$log")
    echo "$reasons" >&2
    die "the build failed, all of it is in $log"
  fi
  end_stamp
)

tests_path() {
  echo "$root/compat-bench/target/classes:$root/compat-bench/target/test-classes:$(<"$test_classpath")"
}

# LMDB and MVStore are dependencies of the tests alone: `--engines` that names one needs their class path.
wants_trees() {
  local argument engines=
  for argument; do
    case $engines$argument in
      --engines) engines=--engines= ;;
      --engines=*lmdb* | --engines=*mvstore*) return 0 ;;
      *) engines= ;;
    esac
  done
  return 1
}

root=$(dirname "$(resolve "${BASH_SOURCE[0]}")")
readonly root
readonly stamp=$root/compat-bench/target/zap.stamp
readonly classpath=$root/compat-bench/target/launcher.classpath
readonly test_classpath=$root/compat-bench/target/test.classpath

JAVA_HOME=$(find_jdk)
export JAVA_HOME

case ${1:-} in
  java-home)
    echo "$JAVA_HOME"
    ;;
  fmt)
    need_maven
    maven -q spotless:apply >&2
    ;;
  vm)
    shift
    if stale; then build; fi
    exec "$BASH" "$root/compat-bench/vm/vm.sh" "$@"
    ;;
  test)
    need_maven
    shift
    begin_stamp
    maven verify "$@"
    # With arguments it may have built less than everything.
    (($# > 0)) || end_stamp
    ;;
  jmh)
    shift
    if stale; then build; fi
    exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -cp "$(tests_path)" org.openjdk.jmh.Main "$@"
    ;;
  stress)
    shift
    if stale; then build; fi
    # Without -sc, each pair of actors is run in every pair of ways to compile them, too.
    (($# > 0)) || set -- -m quick -sc false
    path=$(tests_path)
    # It leaves its results where it runs.
    mkdir -p "$root/compat-bench/target/stress"
    cd "$root/compat-bench/target/stress"
    exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -cp "$path" org.openjdk.jcstress.Main "$@"
    ;;
  *)
    if stale; then build; fi
    read -r -a options <<<"${ZAP_JAVA_OPTS:-}"
    path=$root/compat-bench/target/classes:$(<"$classpath")
    if wants_trees "$@"; then
      path=$(tests_path)
      # LMDBJava points buffers of the JDK at LMDB's map, and is told not to check every call.
      options+=(--add-opens java.base/java.nio=ALL-UNNAMED --add-exports java.base/sun.nio.ch=ALL-UNNAMED
        --sun-misc-unsafe-memory-access=allow -Dlmdbjava.disable.checks=true)
    fi
    exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED --add-opens java.base/java.lang=ALL-UNNAMED ${options[@]+"${options[@]}"} \
      -cp "$path" io.zapkv.cli.Zap "$@"
    ;;
esac
