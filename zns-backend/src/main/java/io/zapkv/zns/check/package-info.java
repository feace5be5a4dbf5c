/// A device that trusts no other.
///
/// [io.zapkv.zns.check.CheckedDevice] wraps a device in tests and holds it, and its users, to the
/// append contract: every address is checked (A12), every queue must be given back.
///
/// **Threading.** As the wrapped device.
package io.zapkv.zns.check;
