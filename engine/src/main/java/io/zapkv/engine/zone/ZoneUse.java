package io.zapkv.engine.zone;

/// Where a zone stands between two resets.
public enum ZoneUse {
  /// A metadata journal: the manifest's, not the allocator's.
  META,
  /// Nothing is written: ready to be leased.
  EMPTY,
  /// Somebody may append to it.
  LEASED,
  /// Written in part and leased to nobody; takes more tables.
  PARTIAL,
  /// Takes no more; something may live in it.
  SEALED,
  /// Found written when the store was opened, and no table lives in it: log to replay, or rubbish.
  LEFTOVER,
  /// Nothing lives in it; the edit that says so is not durable yet.
  RETIRING,
  /// The edit is durable: to be reset once no reader is left (D18).
  RELEASED,
  /// Being reset or finished at this moment.
  BUSY,
  /// Read only or offline, and nothing lives in it: never used again (D16).
  DEAD
}
