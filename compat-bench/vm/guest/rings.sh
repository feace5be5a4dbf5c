# The ways to do I/O, on the guest's kernel; and the device contract over one of them.

classes=
cd "$ZAP_VM_ROOT"
for file in $(grep -rlE 'extends RingContract' ring/src/test/java); do
  class=${file#ring/src/test/java/}
  class=${class%.java}
  classes+=" ${class//\//.}"
done
# shellcheck disable=SC2086 # one word a class
junit "ring contract" $classes
junit "device contract, in memory" io.zapkv.zns.MemoryDeviceTest
