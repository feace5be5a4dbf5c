# One life of the machine whose power is cut: checks what earlier lives acknowledged, and writes on
# until the power goes. Stops after the check where the host left a file `last`.

case $kind in
  nvme)
    device=$nvme
    ;;
  zonefs)
    device=$zonefs
    [[ -e $ZAP_VM_FOLDER/made ]] || make_zonefs "/dev/$second"
    mount_zonefs "/dev/$second"
    ;;
  emu)
    device="emu:/mnt/disk/store?zones=64&size=4MiB&capacity=4MiB"
    [[ -e $ZAP_VM_FOLDER/made ]] || mkfs.ext4 -q /dev/vda
    mkdir /mnt/disk
    mount /dev/vda /mnt/disk
    ;;
esac
touch "$ZAP_VM_FOLDER/made"

if [[ -e $ZAP_VM_FOLDER/last ]]; then
  power_cut "$device" "$ZAP_VM_FOLDER/acks" 0
else
  power_cut "$device" "$ZAP_VM_FOLDER/acks" 1000000
fi
