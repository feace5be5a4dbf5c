package io.zapkv.compat;

import io.zapkv.api.Compression;
import io.zapkv.api.Durability;
import io.zapkv.api.StoreOptions;
import java.util.List;

/// One way to set up a store that must change nothing of what it answers.
///
/// @param name for people
/// @param geometry of the device, as in its name
record OptionSet(String name, StoreOptions options, String geometry) {
  private static final long MIB = 1 << 20;
  private static final String GEOMETRY = "zones=64&capacity=1MiB&size=1MiB";
  private static final String FINE_GEOMETRY = GEOMETRY + "&block=512";
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults().withMemtableBytes(MIB).withMemoryBudgetBytes(32 * MIB);

  static final OptionSet PLAIN = new OptionSet("plain", OPTIONS, GEOMETRY);
  static final OptionSet LARGE_MEMTABLE =
      new OptionSet(
          "large memtable",
          OPTIONS.withMemoryBudgetBytes(64 * MIB).withMemtableBytes(16 * MIB),
          GEOMETRY);
  static final OptionSet UNCOMPRESSED =
      new OptionSet("uncompressed", OPTIONS.withCompression(Compression.NONE), GEOMETRY);
  static final OptionSet LEAST_MEMORY =
      new OptionSet(
          "least memory",
          OPTIONS.withMemoryBudgetBytes(2 * MIB + StoreOptions.BUDGET_BYTES_BESIDE_MEMTABLES_MIN),
          GEOMETRY);
  static final OptionSet LARGE_CACHE =
      new OptionSet("large cache", OPTIONS.withMemoryBudgetBytes(256 * MIB), GEOMETRY);
  static final OptionSet SMALL_BLOCKS =
      new OptionSet("small blocks", OPTIONS.withBlockBytes(StoreOptions.BLOCK_BYTES_MIN), GEOMETRY);
  static final OptionSet LARGE_BLOCKS =
      new OptionSet("large blocks", OPTIONS.withBlockBytes(StoreOptions.BLOCK_BYTES_MAX), GEOMETRY);
  static final OptionSet NO_FILTER =
      new OptionSet("no filter", OPTIONS.withFilterBitsPerKey(0), FINE_GEOMETRY);
  static final OptionSet LARGE_FILTER =
      new OptionSet(
          "large filter",
          OPTIONS.withFilterBitsPerKey(StoreOptions.FILTER_BITS_PER_KEY_MAX),
          FINE_GEOMETRY);
  static final OptionSet DURABLE =
      new OptionSet("durable", OPTIONS.withDurability(Durability.DURABLE), GEOMETRY);
  static final OptionSet SMALL_DEVICE_BLOCKS =
      new OptionSet("small device blocks", OPTIONS, FINE_GEOMETRY);
  static final OptionSet SMALL_ZONES =
      new OptionSet(
          "small zones",
          OPTIONS.withCompression(Compression.NONE),
          "zones=256&capacity=260KiB&size=512KiB&append=64KiB&open=4&active=4&reorder=7");
  static final OptionSet LARGE_ZONES =
      new OptionSet(
          "large zones",
          OPTIONS.withCompression(Compression.NONE),
          "zones=16&capacity=8MiB&size=8MiB");

  /// All of them.
  static final List<OptionSet> ALL =
      List.of(
          PLAIN,
          LARGE_MEMTABLE,
          UNCOMPRESSED,
          LEAST_MEMORY,
          LARGE_CACHE,
          SMALL_BLOCKS,
          LARGE_BLOCKS,
          NO_FILTER,
          LARGE_FILTER,
          DURABLE,
          SMALL_DEVICE_BLOCKS,
          SMALL_ZONES,
          LARGE_ZONES);

  @Override
  public String toString() {
    return name;
  }
}
