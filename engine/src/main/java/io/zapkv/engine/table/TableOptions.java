package io.zapkv.engine.table;

import io.zapkv.api.Compression;
import io.zapkv.engine.filter.FilterWriter;

/// How tables are written; readers need none of it.
///
/// @param compression how blocks of entries are stored; filters and indexes never are compressed
/// @param filterBitsPerKey filter bits for each key; 0 for none
/// @param blockBytes how large a data block gets before the next begins, uncompressed
/// @param chunkBytes how large a chunk gets before it is sent, envelope included; a block that is
///   larger goes out alone
public record TableOptions(
    Compression compression, int filterBitsPerKey, int blockBytes, int chunkBytes) {
  private static final int BLOCK_BYTES_MIN = 256;

  /// Refuses what makes no table.
  public TableOptions {
    require(
        filterBitsPerKey >= 0 && filterBitsPerKey <= FilterWriter.BITS_PER_KEY_MAX,
        "filterBitsPerKey",
        filterBitsPerKey);
    require(blockBytes >= BLOCK_BYTES_MIN, "blockBytes", blockBytes);
    require(chunkBytes > 0 && chunkBytes >= blockBytes, "chunkBytes", chunkBytes);
  }

  /// What serves most: 10 filter bits a key, blocks of 4 KiB, chunks of 128 KiB.
  public static TableOptions of(Compression compression) {
    return new TableOptions(compression, 10, 4 << 10, 128 << 10);
  }

  private static void require(boolean ok, String name, int got) {
    if (!ok) {
      throw new IllegalArgumentException("table option " + name + ": got " + got);
    }
  }
}
