package io.zapkv.zns;

/// What a zoned device is made of.
///
/// @param zones how many zones, at most [ZoneAddress#ZONES_MAX]
/// @param zoneSizeBlocks the step from one zone's start to the next, a power of two (D1)
/// @param zoneCapacityBlocks the writable blocks of a zone, at most its size (D1)
/// @param blockBytes 512 or 4096 (D3)
/// @param appendBytesMax the largest append (A3), whole blocks, at most a zone's capacity
/// @param openZonesMax the most zones open at once; equal to `zones` where the device has no limit
/// @param activeZonesMax the most zones open or closed at once (D13), at least `openZonesMax`
public record Geometry(
    int zones,
    long zoneSizeBlocks,
    long zoneCapacityBlocks,
    int blockBytes,
    int appendBytesMax,
    int openZonesMax,
    int activeZonesMax) {

  /// Refuses what no device can be.
  ///
  /// @throws GeometryException naming the first number that is wrong, and what it must be
  public Geometry {
    require(zones >= 1 && zones <= ZoneAddress.ZONES_MAX, "zones", zones, "1 to 8388608");
    require(blockBytes == 512 || blockBytes == 4096, "block", blockBytes, "512 or 4096 bytes");
    require(
        zoneSizeBlocks >= 1
            && zoneSizeBlocks <= ZoneAddress.ZONE_BLOCKS_MAX
            && Long.bitCount(zoneSizeBlocks) == 1,
        "size",
        zoneSizeBlocks,
        "a power of two of blocks, at most 2^40");
    require(
        zoneCapacityBlocks >= 1 && zoneCapacityBlocks <= zoneSizeBlocks,
        "capacity",
        zoneCapacityBlocks,
        "1 block to the zone's size, " + zoneSizeBlocks + " blocks");
    require(
        appendBytesMax >= blockBytes && appendBytesMax % blockBytes == 0,
        "append",
        appendBytesMax,
        "one or more whole blocks of " + blockBytes + " bytes");
    require(
        appendBytesMax / blockBytes <= zoneCapacityBlocks,
        "append",
        appendBytesMax,
        "at most the zone's capacity, " + zoneCapacityBlocks + " blocks of " + blockBytes);
    require(openZonesMax >= 1 && openZonesMax <= zones, "open", openZonesMax, "1 to " + zones);
    require(
        activeZonesMax >= openZonesMax && activeZonesMax <= zones,
        "active",
        activeZonesMax,
        "the open limit, " + openZonesMax + ", to the number of zones, " + zones);
  }

  /// The writable bytes of one zone.
  public long zoneCapacityBytes() {
    return zoneCapacityBlocks * blockBytes;
  }

  private static void require(boolean ok, String parameter, long found, String expected) {
    if (!ok) {
      throw GeometryException.outOfRange(parameter, found, expected);
    }
  }
}
