package io.zapkv.engine.zone;

import io.zapkv.zns.Geometry;

/// How many empty zones are kept back, so that a full store can still finish what it has accepted,
/// and delete, compact and reopen (F23).
///
/// ```
///   empty zones   0 ──────────────┬───────────────┬─────────────┬──────────────►
///                  compactionZones   flushZones      logZones      anyone
///   COMPACTION     may take all
///   FLUSH                         └─ may take these
///   LOG                                           └─ may take these
///   new writes                                                  └─ are let in
/// ```
///
/// @param logZones zones for writes that were let in before the store was full
/// @param flushZones zones one memtable may need
/// @param compactionZones zones one compaction may need before it gives any back
public record ZoneReserve(int logZones, int flushZones, int compactionZones) {
  /// Checks the numbers.
  public ZoneReserve {
    if (logZones < 1 || flushZones < 1 || compactionZones < 1) {
      throw new IllegalArgumentException(
          "a reserve keeps a zone for each purpose: "
              + logZones
              + ","
              + flushZones
              + ","
              + compactionZones);
    }
  }

  /// What a store with memtables of `memtableBytes` keeps on a device of this geometry: a log as
  /// long as a memtable, a flush of one memtable and a compaction of two zones, as far as a quarter
  /// of the device allows.
  public static ZoneReserve standard(Geometry geometry, long memtableBytes) {
    long zoneBytes = geometry.zoneCapacityBytes();
    int memtableZones = (int) Math.min(geometry.zones(), Math.ceilDiv(memtableBytes, zoneBytes));
    int share = Math.max(1, geometry.zones() / 12);
    return new ZoneReserve(
        Math.min(memtableZones, share), Math.min(memtableZones + 1, share), Math.min(2, share));
  }

  /// Zones that new writes must leave empty.
  public int total() {
    return logZones + flushZones + compactionZones;
  }

  /// Empty zones that must be left over when `purpose` takes one.
  public int keptFrom(Purpose purpose) {
    return switch (purpose) {
      case LOG -> flushZones + compactionZones;
      case FLUSH -> compactionZones;
      case COMPACTION -> 0;
    };
  }
}
