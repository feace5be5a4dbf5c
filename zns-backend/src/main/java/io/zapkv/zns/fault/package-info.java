/// A device that fails when a test says so.
///
/// [io.zapkv.zns.fault.FaultyDevice] wraps a device and follows [io.zapkv.zns.fault.FaultRule]s,
/// which are written as text, so that a test case can be read and kept as a line.
///
/// **Threading.** As the wrapped device; rules are counted over all queues.
package io.zapkv.zns.fault;
