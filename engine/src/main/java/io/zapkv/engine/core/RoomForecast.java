package io.zapkv.engine.core;

import io.zapkv.engine.version.SuperVersion;
import io.zapkv.engine.version.VersionSet;
import io.zapkv.engine.zone.Purpose;
import io.zapkv.engine.zone.ZoneAllocator;
import io.zapkv.engine.zone.ZoneReserve;
import io.zapkv.zns.Geometry;

/// What room the device has left when all that is in memory has been flushed.
///
/// ```
///   empty zones ├── what is in memory, as tables ──┤── left ──┤── reserve ──┤
///                       records x growth x packing
/// ```
///
/// What was let in must find its place, in the lanes and when the store is opened after a crash. So
/// writes and merges ask here before they take room, and the answer errs towards too little.
///
/// **Threading.** Any thread.
final class RoomForecast {
  private static final int PORTIONS_OF_A_ZONE = 4;

  private final VersionSet versions;
  private final FlushRate flushRate;
  private final ZoneAllocator allocator;
  private final ZoneReserve reserve;
  private final long zoneBytes;
  private final int blockBytes;
  private final double packing; // blocks that a block of tables takes where zones are shared

  RoomForecast(Foundation base, VersionSet versions, FlushRate flushRate) {
    this.versions = versions;
    this.flushRate = flushRate;
    this.allocator = base.allocator;
    this.reserve = base.reserve;
    Geometry geometry = base.device.geometry();
    this.zoneBytes = geometry.zoneCapacityBytes();
    this.blockBytes = geometry.blockBytes();
    this.packing = packing(geometry);
  }

  private static double packing(Geometry geometry) {
    long zoneBlocks = geometry.zoneCapacityBlocks();
    double ofChunks = 1 + (double) Limits.chunkBytesMax(geometry) / geometry.zoneCapacityBytes();
    double ofTables = zoneBlocks / (zoneBlocks - ZoneAllocator.tableBlocksMin(zoneBlocks) + 1.0);
    return Math.max(ofChunks, ofTables);
  }

  /// Bytes of records in memory.
  long memTableBytes() {
    return memTableBytes(versions.current());
  }

  /// Bytes of records in the memtables of `now`.
  static long memTableBytes(SuperVersion now) {
    long bytes = now.active().approximateBytes();
    for (int i = 0; i < now.sealedCount(); i++) {
      bytes += now.sealed(i).approximateBytes();
    }
    return bytes;
  }

  /// Of `emptyZones`, those that are left when records of so many bytes have been flushed, as far
  /// as these take more than the reserve keeps for flushes.
  int zonesLeft(int emptyZones, long memTableBytes) {
    long zones = Math.ceilDiv(packedBytes(memTableBytes), zoneBytes);
    return (int) (emptyZones - Math.max(0, zones - reserve.flushZones()));
  }

  /// Whether no more than the reserve is left then.
  boolean isFull(int emptyZones, long memTableBytes) {
    return zonesLeft(emptyZones, memTableBytes) <= reserve.total();
  }

  /// Whether no more than the reserve is left of the zones that are empty now.
  boolean isFull() {
    long bytes = memTableBytes();
    return isFull(allocator.emptyZones(), bytes);
  }

  /// Blocks that a merge may take: what is in memory must find its place meanwhile, and after a
  /// crash.
  long mergeBlocks() {
    long freeBytes = allocator.freeBlocks(Purpose.COMPACTION) * blockBytes;
    long keptBytes = packedBytes(memTableBytes());
    return (long) (Math.max(0, freeBytes - keptBytes) / packing / blockBytes);
  }

  /// Whether a full device takes records of so many bytes only after a merge.
  boolean isMoreThanAPortion(long memTableBytes) {
    return flushRate.flushedBytes(memTableBytes) > zoneBytes / PORTIONS_OF_A_ZONE;
  }

  /// What records of so many bytes take in zones, with the ends of zones that no table fits.
  private long packedBytes(long memTableBytes) {
    return (long) (flushRate.flushedBytes(memTableBytes) * packing);
  }
}
