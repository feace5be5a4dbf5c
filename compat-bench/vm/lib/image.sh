# The guest's first file system: busybox, the modules it needs, and guest/init. Sourced by vm.sh.

readonly MODULES="virtio_blk 9pnet_virtio 9p overlay crc32c_generic nvme zonefs null_blk ext4"

kernel_version() {
  basename "$cache"/guest/lib/modules/*
}

kernel_image() {
  echo "$cache/guest/boot/vmlinuz-$(kernel_version)"
}

# Each module after all that it depends on, each once.
modules_in_order() {
  local module
  for module in $MODULES; do
    modprobe -d "$cache/guest" -S "$(kernel_version)" --show-depends "$module" ||
      die "the guest's kernel has no module $module"
  done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++'
}

# Leaves $cache/initramfs, made anew when guest/init is newer.
build_image() {
  local image=$cache/initramfs work
  [[ ! $image -nt $here/guest/init || ! $image -nt $cache/guest/complete ]] || return 0
  say "building the guest's first file system"
  work=$(mktemp -d)
  mkdir -p "$work"/{bin,modules}
  depmod -b "$cache/guest" "$(kernel_version)"
  local module name
  modules_in_order >"$work/list"
  while IFS= read -r module; do
    name=$(basename "${module%.xz}")
    case $module in
      *.xz) xz -dc "$module" ;;
      *) cat "$module" ;;
    esac >"$work/modules/$name"
    echo "$name" >>"$work/modules/order"
  done <"$work/list"
  rm "$work/list"
  cp "$(command -v busybox)" "$work/bin/busybox"
  install -m 755 "$here/guest/init" "$work/init"
  (cd "$work" && find . | cpio --quiet -o -H newc -R 0:0) >"$image.new"
  mv "$image.new" "$image"
  rm -rf "$work"
}
