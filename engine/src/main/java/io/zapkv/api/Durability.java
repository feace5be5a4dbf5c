package io.zapkv.api;

/// What a write has survived once the call returns. After any crash a store holds a prefix of its
/// history in commit order; this says how long that prefix is at least.
public enum Durability {
  /// The death of the process, `kill -9` included. A power cut may take a suffix of such writes.
  BUFFERED,

  /// A power cut. Concurrent writers share one sync of the device.
  DURABLE
}
