package io.zapkv.sim.world;

import io.zapkv.api.Compression;
import io.zapkv.api.Durability;
import io.zapkv.api.StoreOptions;
import io.zapkv.sim.schedule.Scheduler;
import io.zapkv.zns.Geometry;
import java.util.SplittableRandom;

/// What a seed draws before anything happens: the device, the options of the store, the temper of
/// the world.
///
/// @param geometry of the device
/// @param options of the store
/// @param hasStaging whether the device has memory that outlives the process
/// @param isMapped whether zones can be read in place
/// @param hasCache whether what is written needs a sync to survive a power cut
/// @param order in which operations run and complete
/// @param picking of the next task
/// @param yieldOneIn an operation of the device lets other tasks go first, one in so many times; 0
///   for never
/// @param clients tasks that use the store
/// @param keys of one client
/// @param valueBytesMax of a value
/// @param isTight whether the device is so small that the clients' data do not fit
public record Shape(
    Geometry geometry,
    StoreOptions options,
    boolean hasStaging,
    boolean isMapped,
    boolean hasCache,
    Order order,
    Scheduler.Picking picking,
    int yieldOneIn,
    int clients,
    int keys,
    int valueBytesMax,
    boolean isTight) {
  private static final long MIB = 1 << 20;
  private static final int ZONE_BYTES_MIN = 64 << 10;
  private static final int APPEND_BYTES_MIN = 4096;

  /// The kinds of order in which a device works.
  public enum Order {
    /// As submitted.
    SUBMITTED,
    /// The newest first.
    REVERSED,
    /// Any.
    RANDOM,
    /// Any, and a few that all others overtake.
    STARVING
  }

  /// Draws one.
  public static Shape draw(SplittableRandom random) {
    boolean isTight = random.nextInt(16) == 0;
    Geometry geometry = isTight ? tightGeometry(random) : geometry(random);
    int clients = 1 + random.nextInt(3);
    int entryBytesMax =
        (int) Math.min(geometry.appendBytesMax() / 2, geometry.zoneCapacityBytes() / 8);
    int valueBytesMost = Math.clamp(entryBytesMax - 64, 16, 6000);
    int valueBytesMax = isTight ? valueBytesMost : 16 + random.nextInt(valueBytesMost);
    long deviceBytes = geometry.zones() * geometry.zoneCapacityBytes();
    long keysMax = deviceBytes / (isTight ? 1 : 12) / clients / (valueBytesMax / 2 + 40);
    int keys = Math.clamp(keysMax, 3, isTight ? 500 : 4 << random.nextInt(8));
    Order[] orders = Order.values();
    Scheduler.Picking[] pickings = Scheduler.Picking.values();
    int[] yields = {0, 2, 8, 40};
    return new Shape(
        geometry,
        options(random),
        random.nextInt(4) != 0,
        random.nextBoolean(),
        random.nextInt(5) != 0,
        orders[random.nextInt(orders.length)],
        pickings[random.nextInt(pickings.length)],
        yields[random.nextInt(yields.length)],
        clients,
        keys,
        valueBytesMax,
        isTight);
  }

  /// One in forty is any device, so mostly one that is too small for a store.
  private static Geometry geometry(SplittableRandom random) {
    boolean any = random.nextInt(40) == 0;
    int block = random.nextBoolean() ? 512 : 4096;
    int zones = any ? 8 + random.nextInt(57) : 12 + random.nextInt(53);
    int capacityMin = any ? 8 : ZONE_BYTES_MIN / block;
    int capacity = capacityMin + random.nextInt(random.nextBoolean() ? 33 : 513 - capacityMin);
    long size =
        Long.highestOneBit(capacity) == capacity ? capacity : 2L * Long.highestOneBit(capacity);
    int appendMin = any ? 1 : APPEND_BYTES_MIN / block;
    int append = Math.min(capacity, appendMin + random.nextInt(33 - appendMin));
    int open = (any ? 3 : 4) + random.nextInt(11);
    int active = open + random.nextInt(15 - open);
    return new Geometry(
        zones,
        size,
        capacity,
        block,
        append * block,
        Math.min(zones, open),
        Math.min(zones, active));
  }

  private static Geometry tightGeometry(SplittableRandom random) {
    int zones = 12 + random.nextInt(random.nextBoolean() ? 5 : 29);
    int active = 4 + random.nextInt(4);
    return new Geometry(zones, 256, 64 + random.nextInt(97), 512, 16384, 4, active);
  }

  private static StoreOptions options(SplittableRandom random) {
    return StoreOptions.defaults()
        .withMemtableBytes(MIB)
        .withMemoryBudgetBytes((10 + random.nextInt(8)) * MIB)
        .withBlockBytes(512 << random.nextInt(5))
        .withCompression(random.nextBoolean() ? Compression.LZ4 : Compression.NONE)
        .withFilterBitsPerKey(random.nextBoolean() ? 10 : 0)
        .withDurability(Durability.BUFFERED);
  }

  /// The longest key and value together that a store takes on this device.
  public int entryBytesMax() {
    return (int) Math.min(geometry.appendBytesMax() / 2, geometry.zoneCapacityBytes() / 8);
  }

  @Override
  public String toString() {
    return "zones=%d size=%d capacity=%d block=%d append=%d open=%d active=%d staging=%b mapped=%b cache=%b %s %s yield=%d clients=%d keys=%d value<=%d%s %s filter=%d block=%d budget=%dMiB"
        .formatted(
            geometry.zones(),
            geometry.zoneSizeBlocks(),
            geometry.zoneCapacityBlocks(),
            geometry.blockBytes(),
            geometry.appendBytesMax(),
            geometry.openZonesMax(),
            geometry.activeZonesMax(),
            hasStaging,
            isMapped,
            hasCache,
            order,
            picking,
            yieldOneIn,
            clients,
            keys,
            valueBytesMax,
            isTight ? " tight" : "",
            options.compression(),
            options.filterBitsPerKey(),
            options.blockBytes(),
            options.memoryBudgetBytes() / MIB);
  }
}
