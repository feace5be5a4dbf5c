# What the machine is made of: QEMU and three tools from this machine's own release, the guest's
# kernel and mkzonefs from Debian 13. Downloads go to $cache and are kept; nothing else is fetched.
# Sourced by vm.sh.

# A kernel of Debian 12 calls a direct write that landed a corrupted write pointer, and remounts
# zonefs read only.
readonly GUEST_RELEASE=trixie

# Where there is no network, some of apt's ways to find out take longer.
readonly FETCH_SECONDS=300

as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

# The name of a command, and the package that has it.
need_command() {
  ! command -v "$1" >/dev/null || return 0
  local hint="$2 is missing and could not be installed: as root, apt-get install $2"
  command -v apt-get >/dev/null ||
    unavailable "$2 is missing, and there is no apt-get to install it with"
  say "installing $2"
  as_root timeout "$FETCH_SECONDS" apt-get -qq update >>"$cache/apt.log" 2>&1 || unavailable "$hint"
  as_root timeout "$FETCH_SECONDS" env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq -y --no-install-recommends install "$2" \
    >>"$cache/apt.log" 2>&1 </dev/null || unavailable "$hint"
  command -v "$1" >/dev/null || unavailable "$hint"
}

need_tools() {
  # What stands in the sbin folders is not on everybody's path.
  PATH=$PATH:/usr/sbin:/sbin
  need_command qemu-system-x86_64 qemu-system-x86
  need_command busybox busybox-static
  need_command depmod kmod
  need_command cpio cpio
  need_command xz xz-utils
  need_command blkzone util-linux
  need_command mkfs.ext4 e2fsprogs
}

# apt with folders of its own, so that neither the machine's sources nor what it has installed count.
guest_apt() {
  local tool=$1
  shift
  timeout "$FETCH_SECONDS" "$tool" -qq \
    -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$cache/apt/sources" \
    -o Dir::State::Lists="$cache/apt/lists" -o Dir::State::status=/dev/null \
    -o Dir::Cache="$cache/apt/cache" -o APT::Sandbox::User=root "$@"
}

# The machine's own sources, of another release: whatever mirror it uses, the guest uses.
write_guest_sources() {
  local release
  release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release) ||
    unavailable "the guest's kernel comes from Debian's archive, and this machine does not say what it is"
  mkdir -p "$cache"/apt/{sources,lists/partial,cache/archives/partial}
  if [[ -r /etc/apt/sources.list.d/debian.sources ]]; then
    sed -e '/^#/d' -e "/^Suites:/s/$release/$GUEST_RELEASE/g" /etc/apt/sources.list.d/debian.sources \
      >"$cache/apt/sources/debian.sources"
  elif grep -qs "^deb .*debian.* $release " /etc/apt/sources.list; then
    grep "^deb .*debian.* $release" /etc/apt/sources.list | sed "s/ $release/ $GUEST_RELEASE/" \
      >"$cache/apt/sources/debian.list"
  else
    unavailable "the guest's kernel comes from Debian's archive, and this machine has no Debian sources for apt"
  fi
}

# Leaves $cache/guest with the kernel, its modules and mkzonefs unpacked.
fetch_guest() {
  [[ ! -e $cache/guest/complete ]] || return 0
  say "fetching the guest's kernel (about 110 MB, once)"
  write_guest_sources
  local log=$cache/apt.log kernel
  guest_apt apt-get update >>"$log" 2>&1 ||
    unavailable "the package lists of $GUEST_RELEASE cannot be had, see $log"
  kernel=$(guest_apt apt-cache depends linux-image-amd64 | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p') ||
    kernel=
  [[ -n $kernel ]] || unavailable "there is no linux-image-amd64 in $GUEST_RELEASE for this machine"
  rm -rf "$cache/guest" "$cache/debs"
  mkdir -p "$cache/guest" "$cache/debs"
  (cd "$cache/debs" && guest_apt apt-get download "$kernel" zonefs-tools) >>"$log" 2>&1 ||
    unavailable "$kernel and zonefs-tools cannot be downloaded, see $log"
  local package
  for package in "$cache"/debs/*.deb; do
    dpkg -x "$package" "$cache/guest"
  done
  # depmod and modprobe look for /lib/modules.
  [[ -e $cache/guest/lib ]] || ln -s usr/lib "$cache/guest/lib"
  rm -rf "$cache/debs"
  touch "$cache/guest/complete"
}
