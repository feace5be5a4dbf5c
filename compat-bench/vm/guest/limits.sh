# Limits of three, on which no store fits, and of four, on which one must get along though zones are
# filled and emptied all the time. The controller's trace counts what it had to refuse.

counted() {
  grep -c "$1" "$ZAP_VM_FOLDER/qemu.log" || true
}

# Two of metadata, one of log, one of tables.
refused_by_the_number() {
  local output code=0
  output=$(zap format "$1" 2>&1) || code=$?
  echo "$output"
  ((code == 1)) && [[ $output == *"at least 4 open zones at once, got 3"* ]]
}

# keeps_within_limits DEVICE NAME: four threads put, a log beside tables that are merged.
keeps_within_limits() {
  local refused resets
  refused=$(counted pci_nvme_err_insuff) resets=$(counted pci_nvme_reset_zone)
  power_cut "$1" "$ZAP_VM_FOLDER/acks-$2" 700 || return
  refused=$(($(counted pci_nvme_err_insuff) - refused)) resets=$(($(counted pci_nvme_reset_zone) - resets))
  echo "$refused commands refused for want of a slot, $resets zones emptied"
  ((refused == 0 && resets >= 5))
}

# The contract's geometry, one device for each kind.
contract=$(block_of 3)
junit "nvme:, at most three open and three active zones" -Dzap.test.tight=true \
  -Dzap.test.nvme="/dev/ng${contract#nvme}" io.zapkv.zns.NvmeDeviceTest
check "the trace counts what is refused" test "$(counted pci_nvme_err_insuff)" -gt 0
contract=$(block_of 4)
make_zonefs "/dev/$contract"
mount_zonefs "/dev/$contract"
junit "zonefs:, at most three open and three active zones" -Dzap.test.tight=true \
  -Dzap.test.zonefs=/mnt/zns io.zapkv.zns.ZonefsDeviceTest
umount /mnt/zns

# Large enough for a store, were it not for the limit.
tight=$(block_of 5)
check "nvme: with three is refused by the number" refused_by_the_number "nvme:/dev/ng${tight#nvme}"
tight=$(block_of 6)
make_zonefs "/dev/$tight"
mount_zonefs "/dev/$tight"
check "zonefs: with three is refused by the number" refused_by_the_number "$zonefs"
umount /mnt/zns

make_zonefs "/dev/$second"
mount_zonefs "/dev/$second"
check "$nvme: keeps to four" keeps_within_limits "$nvme" nvme
check "$nvme: sound" zap verify "$nvme"
check "$zonefs: keeps to four" keeps_within_limits "$zonefs" zonefs
check "$zonefs: sound" zap verify "$zonefs"
