package io.zapkv.api;

/// How a store is opened. Start from [#defaults] and change what matters; none of it is written
/// into the store, so every opening may choose anew.
///
/// @param memtableBytes memory that takes new writes before they are flushed to a table, in bytes;
///   1 MiB to 1 GiB, a multiple of 4096; default 64 MiB. A batch must fit into a quarter of it
/// @param memoryBudgetBytes memory of the whole store outside the Java heap, in bytes: memtables,
///   block cache, filters, indexes and buffers together; at least two memtables and 8 MiB; default
///   256 MiB
/// @param blockBytes what a data block of a table aims at before compression, in bytes; 512 to 64
///   KiB; default 4096. Small blocks read single keys faster, large ones compress better
/// @param compression how blocks of new tables are stored; default LZ4
/// @param filterBitsPerKey size of a table's Bloom filter, in bits a key; 0 (no filter) to 32;
///   default 10, which lets one lookup of a hundred for an absent key through
/// @param durability what a write without a durability of its own has survived when it returns;
///   default BUFFERED
/// @param createIfMissing whether opening creates a device that is not there and formats an empty
///   one; default true. A device that holds anything else is never formatted by opening it
public record StoreOptions(
    long memtableBytes,
    long memoryBudgetBytes,
    int blockBytes,
    Compression compression,
    int filterBitsPerKey,
    Durability durability,
    boolean createIfMissing) {
  /// The smallest memtable, in bytes.
  public static final long MEMTABLE_BYTES_MIN = 1L << 20;

  /// The largest memtable, in bytes.
  public static final long MEMTABLE_BYTES_MAX = 1L << 30;

  /// Memtable sizes are multiples of this, in bytes.
  public static final long MEMTABLE_BYTES_STEP = 4096;

  /// What the budget must leave beside two memtables, in bytes: buffers, indexes and some cache.
  public static final long BUDGET_BYTES_BESIDE_MEMTABLES_MIN = 8L << 20;

  /// The smallest data block, in bytes.
  public static final int BLOCK_BYTES_MIN = 512;

  /// The largest data block, in bytes.
  public static final int BLOCK_BYTES_MAX = 64 << 10;

  /// The largest filter, in bits a key.
  public static final int FILTER_BITS_PER_KEY_MAX = 32;

  private static final StoreOptions DEFAULTS =
      new StoreOptions(64L << 20, 256L << 20, 4096, Compression.LZ4, 10, Durability.BUFFERED, true);

  /// Checks each number and how they relate.
  ///
  /// @throws IllegalArgumentException naming the number that is out of bounds
  public StoreOptions {
    requireWithin("memtableBytes", memtableBytes, MEMTABLE_BYTES_MIN, MEMTABLE_BYTES_MAX);
    if (memtableBytes % MEMTABLE_BYTES_STEP != 0) {
      throw new IllegalArgumentException(
          "memtableBytes must be a multiple of " + MEMTABLE_BYTES_STEP + ", is " + memtableBytes);
    }
    requireWithin(
        "memoryBudgetBytes (two memtables and 8 MiB at least)",
        memoryBudgetBytes,
        2 * memtableBytes + BUDGET_BYTES_BESIDE_MEMTABLES_MIN,
        Long.MAX_VALUE);
    requireWithin("blockBytes", blockBytes, BLOCK_BYTES_MIN, BLOCK_BYTES_MAX);
    requireWithin("filterBitsPerKey", filterBitsPerKey, 0, FILTER_BITS_PER_KEY_MAX);
  }

  /// The options a store is opened with when none are given.
  public static StoreOptions defaults() {
    return DEFAULTS;
  }

  /// The same options with this `memtableBytes`.
  public StoreOptions withMemtableBytes(long memtableBytes) {
    return new StoreOptions(
        memtableBytes,
        memoryBudgetBytes,
        blockBytes,
        compression,
        filterBitsPerKey,
        durability,
        createIfMissing);
  }

  /// The same options with this `memoryBudgetBytes`.
  public StoreOptions withMemoryBudgetBytes(long memoryBudgetBytes) {
    return new StoreOptions(
        memtableBytes,
        memoryBudgetBytes,
        blockBytes,
        compression,
        filterBitsPerKey,
        durability,
        createIfMissing);
  }

  /// The same options with this `blockBytes`.
  public StoreOptions withBlockBytes(int blockBytes) {
    return new StoreOptions(
        memtableBytes,
        memoryBudgetBytes,
        blockBytes,
        compression,
        filterBitsPerKey,
        durability,
        createIfMissing);
  }

  /// The same options with this `compression`.
  public StoreOptions withCompression(Compression compression) {
    return new StoreOptions(
        memtableBytes,
        memoryBudgetBytes,
        blockBytes,
        compression,
        filterBitsPerKey,
        durability,
        createIfMissing);
  }

  /// The same options with this `filterBitsPerKey`.
  public StoreOptions withFilterBitsPerKey(int filterBitsPerKey) {
    return new StoreOptions(
        memtableBytes,
        memoryBudgetBytes,
        blockBytes,
        compression,
        filterBitsPerKey,
        durability,
        createIfMissing);
  }

  /// The same options with this `durability`.
  public StoreOptions withDurability(Durability durability) {
    return new StoreOptions(
        memtableBytes,
        memoryBudgetBytes,
        blockBytes,
        compression,
        filterBitsPerKey,
        durability,
        createIfMissing);
  }

  /// The same options with this `createIfMissing`.
  public StoreOptions withCreateIfMissing(boolean createIfMissing) {
    return new StoreOptions(
        memtableBytes,
        memoryBudgetBytes,
        blockBytes,
        compression,
        filterBitsPerKey,
        durability,
        createIfMissing);
  }

  /// The largest batch a store opened with these options accepts, by [WriteBatch#sizeBytes]: a
  /// quarter of the memtable, so that a full one never wastes more than that.
  public long batchBytesMax() {
    return Math.min(WriteBatch.BYTES_MAX, memtableBytes / 4);
  }

  private static void requireWithin(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          max == Long.MAX_VALUE
              ? name + " must be at least " + min + ", is " + value
              : name + " must lie within " + min + " and " + max + ", is " + value);
    }
  }
}
