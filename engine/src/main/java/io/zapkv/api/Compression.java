package io.zapkv.api;

/// How the blocks of tables are stored. Each block says how it was written, so the choice may
/// change from one opening of a store to the next.
public enum Compression {
  /// As they are: the fastest to read where the device's bytes are mapped.
  NONE,

  /// LZ4, block by block; a block that would not shrink is stored as it is.
  LZ4
}
