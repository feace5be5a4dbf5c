package io.zapkv.engine.core;

import io.zapkv.api.Compression;
import io.zapkv.api.Durability;
import io.zapkv.api.StoreOptions;
import java.util.random.RandomGenerator;

/// A small device and the options of a store on it, drawn from a seed.
///
/// @param parameters of the device, as in its name
/// @param entryBytesMax the longest key and value together that a store takes there
record Shape(
    String parameters,
    StoreOptions options,
    long zoneBytes,
    int zones,
    int block,
    int entryBytesMax) {
  private static final long MIB = 1 << 20;

  static Shape draw(RandomGenerator random) {
    int block = random.nextBoolean() ? 512 : 4096;
    int zones = random.nextInt(12, 65);
    long capacity = capacity(random, block);
    long size = powerOfTwoFrom(capacity);
    int append = (int) Math.min(capacity, 4096 << random.nextInt(6));
    int open = random.nextInt(4, Math.min(zones, 15));
    int active = random.nextInt(open, Math.min(zones, 15));
    StringBuilder name = new StringBuilder();
    name.append("zones=").append(zones);
    name.append("&capacity=").append(capacity).append("&size=").append(size);
    name.append("&block=").append(block).append("&append=").append(append);
    name.append("&open=").append(open).append("&active=").append(active);
    if (random.nextBoolean()) {
      name.append("&reorder=").append(random.nextInt(1, 1000));
    }
    StoreOptions options =
        StoreOptions.defaults()
            .withMemtableBytes(MIB)
            .withMemoryBudgetBytes((10 + random.nextInt(8)) * MIB)
            .withBlockBytes(512 << random.nextInt(5))
            .withCompression(random.nextBoolean() ? Compression.LZ4 : Compression.NONE)
            .withFilterBitsPerKey(random.nextBoolean() ? 10 : 0)
            .withDurability(random.nextInt(4) == 0 ? Durability.DURABLE : Durability.BUFFERED);
    return new Shape(
        name.toString(), options, capacity, zones, block, (int) Math.min(append / 2, capacity / 8));
  }

  private static long capacity(RandomGenerator random, int block) {
    long bytes =
        switch (random.nextInt(4)) {
          case 0 -> MIB;
          case 1 -> 64L * block;
          default -> random.nextLong(64L * block, MIB + 1);
        };
    return bytes / block * block;
  }

  private static long powerOfTwoFrom(long bytes) {
    long power = Long.highestOneBit(bytes);
    return power == bytes ? power : 2 * power;
  }

  /// What all zones hold.
  long deviceBytes() {
    return zones * zoneBytes;
  }

  @Override
  public String toString() {
    return parameters
        + " compression="
        + options.compression()
        + " filter="
        + options.filterBitsPerKey()
        + " block="
        + options.blockBytes()
        + " budget="
        + options.memoryBudgetBytes()
        + " "
        + options.durability();
  }
}
