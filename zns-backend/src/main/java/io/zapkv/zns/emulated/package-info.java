/// A zoned device made of what every machine has: memory, or the files of a folder.
///
/// [EmulatedDevice] is the device. [EmulatedZones] holds the state of all zones and decides, by the
/// state machine, where an append lands; [EmulatedRunner] carries the operations of one queue
/// through its ring to their completions; a [ZoneStore] is what the bytes lie in ([MemoryStore],
/// [FileStore]). The package is not exported: one enters by the name of a device.
///
/// **Threading.** A queue belongs to its owner, a store and the zones to everybody: the lock of the
/// zones is held for a decision, never for a copy or a system call (S1).
package io.zapkv.zns.emulated;
