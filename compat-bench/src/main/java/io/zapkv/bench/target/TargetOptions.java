package io.zapkv.bench.target;

import io.zapkv.api.Compression;
import io.zapkv.api.Durability;
import io.zapkv.api.StoreOptions;

/// The terms on which engines are compared: each gets the same.
///
/// @param memoryBytes memory for write buffers and block cache together, in bytes; at least 32 MiB
/// @param compression how blocks are stored
/// @param filterBitsPerKey size of Bloom filters, in bits a key; 4 to 20
/// @param direct whether tables are read and written past the page cache
public record TargetOptions(
    long memoryBytes, Compression compression, int filterBitsPerKey, boolean direct) {
  /// The least memory, in bytes: two write buffers of 8 MiB, and as much for everything else.
  public static final long MEMORY_BYTES_MIN = 32L << 20;

  /// What a data block aims at, in bytes.
  public static final int BLOCK_BYTES = 4096;

  private static final long MEMTABLE_BYTES_MAX = 64L << 20;

  /// Checks the bounds.
  public TargetOptions {
    if (memoryBytes < MEMORY_BYTES_MIN) {
      throw new IllegalArgumentException(
          "memory must be at least " + (MEMORY_BYTES_MIN >> 20) + " MiB, is " + memoryBytes);
    }
  }

  /// One write buffer: 64 MiB, or a quarter of the memory where that is less.
  public long memtableBytes() {
    return Math.min(MEMTABLE_BYTES_MAX, memoryBytes / 4 / (1 << 20) * (1 << 20));
  }

  /// The same terms in ZapKV's words.
  public StoreOptions storeOptions() {
    return new StoreOptions(
        memtableBytes(),
        memoryBytes,
        BLOCK_BYTES,
        compression,
        filterBitsPerKey,
        Durability.BUFFERED,
        true);
  }
}
