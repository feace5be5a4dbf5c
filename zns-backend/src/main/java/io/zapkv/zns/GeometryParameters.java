package io.zapkv.zns;

import org.jspecify.annotations.Nullable;

/// The geometry that a device's name asks for; what it leaves out is null.
///
/// @param zones number of zones
/// @param sizeBytes bytes from one zone's start to the next
/// @param capacityBytes writable bytes of a zone
/// @param blockBytes bytes of a block
/// @param appendBytes bytes of the largest append
/// @param open open limit
/// @param active active limit
record GeometryParameters(
    @Nullable Long zones,
    @Nullable Long sizeBytes,
    @Nullable Long capacityBytes,
    @Nullable Long blockBytes,
    @Nullable Long appendBytes,
    @Nullable Long open,
    @Nullable Long active) {

  private static final long BLOCK_BYTES = 4096;
  private static final long APPEND_BYTES = 1L << 20;
  private static final long SLOTS = 14;

  static GeometryParameters of(DeviceName name) {
    return new GeometryParameters(
        name.number("zones"),
        name.bytes("size"),
        name.bytes("capacity"),
        name.bytes("block"),
        name.bytes("append"),
        name.number("open"),
        name.number("active"));
  }

  /// The geometry of a new device. What is left out follows from what is given, so that a name with
  /// one number in it is never contradictory; two that contradict each other are refused.
  Geometry create(int defaultZones, long defaultCapacityBytes) {
    long zones = or(zones(), defaultZones);
    long block = or(blockBytes(), BLOCK_BYTES);
    if (block != 512 && block != 4096) {
      throw GeometryException.outOfRange("block", block, "512 or 4096 bytes");
    }
    long sizeBlocks = sizeBytes() == null ? 0 : wholeBlocks("size", sizeBytes(), block);
    long capacity = or(capacityBytes(), sizeBytes() == null ? defaultCapacityBytes : sizeBytes());
    long capacityBlocks = wholeBlocks("capacity", capacity, block);
    if (sizeBlocks == 0) {
      sizeBlocks = powerOfTwoFrom(capacityBlocks);
    }
    long append = or(appendBytes(), Math.min(APPEND_BYTES, capacity));
    long open = or(open(), Math.min(Math.min(SLOTS, or(active(), SLOTS)), zones));
    long active = or(active(), Math.min(Math.max(SLOTS, open), zones));
    return new Geometry(
        inInt("zones", zones),
        sizeBlocks,
        capacityBlocks,
        (int) block,
        inInt("append", append),
        inInt("open", open),
        inInt("active", active));
  }

  /// Refuses what is given and is not as stored.
  void check(Geometry stored) {
    long block = stored.blockBytes();
    same("zones", stored.zones(), zones());
    same("block", block, blockBytes());
    same("size", stored.zoneSizeBlocks() * block, sizeBytes());
    same("capacity", stored.zoneCapacityBytes(), capacityBytes());
    same("append", stored.appendBytesMax(), appendBytes());
    same("open", stored.openZonesMax(), open());
    same("active", stored.activeZonesMax(), active());
  }

  private static void same(String parameter, long stored, @Nullable Long found) {
    if (found != null && found != stored) {
      throw GeometryException.changed(parameter, Long.toString(stored), found.toString());
    }
  }

  private static long or(@Nullable Long given, long otherwise) {
    return given == null ? otherwise : given;
  }

  private static long wholeBlocks(String parameter, long bytes, long block) {
    if (bytes < block || bytes % block != 0) {
      throw GeometryException.outOfRange(
          parameter, bytes, "one or more whole blocks of " + block + " bytes");
    }
    return bytes / block;
  }

  private static long powerOfTwoFrom(long blocks) {
    long floor = Long.highestOneBit(blocks);
    return floor == blocks ? floor : floor << 1;
  }

  private static int inInt(String parameter, long found) {
    if (found < 0 || found > Integer.MAX_VALUE) {
      throw GeometryException.outOfRange(parameter, found, "0 to " + Integer.MAX_VALUE);
    }
    return (int) found;
  }
}
