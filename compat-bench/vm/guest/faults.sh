# Blocks that fail the first time they are written. A run may be refused by name (3), and the next one
# goes on; none may lose what an earlier one acknowledged, and in the end all is sound.

survives_faults() {
  local run code=0
  for run in 1 2 3; do
    code=0
    power_cut "$1" "$ZAP_VM_FOLDER/acks-$2" 300 || code=$?
    ((code == 0 || code == 3)) || return "$code"
  done
  # Else the device failed before there was anything to lose.
  (($(stat -c %s "$ZAP_VM_FOLDER/acks-$2") >= 9 * 300)) || return 1
  power_cut "$1" "$ZAP_VM_FOLDER/acks-$2" 0
}

make_zonefs "/dev/$second"
mount_zonefs "/dev/$second"
check "$nvme: nothing acknowledged is lost" survives_faults "$nvme" nvme
check "$nvme: sound" zap verify "$nvme"
check "the device of $nvme did fail" grep -q pci_nvme_err_aio "$ZAP_VM_FOLDER/qemu.log"
cp "$ZAP_VM_FOLDER/qemu.log" "$ZAP_VM_FOLDER/qemu-before.log"
check "$zonefs: nothing acknowledged is lost" survives_faults "$zonefs" zonefs
check "$zonefs: sound" zap verify "$zonefs"
check "the device of $zonefs did fail" \
  test "$(grep -c pci_nvme_err_aio "$ZAP_VM_FOLDER/qemu.log")" -gt \
  "$(grep -c pci_nvme_err_aio "$ZAP_VM_FOLDER/qemu-before.log")"
