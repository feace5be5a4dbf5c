# What gathering appends into one write is worth on a real zonefs, on one device in one run.

make_zonefs "/dev/$second"
mount_zonefs "/dev/$second"
check "gathered appends are at least 5 times as fast as one a write" \
  zap gather "$zonefs" --appends 8000 --at-least 5
sed 's/^/       /' "$ZAP_VM_FOLDER/check.log"
