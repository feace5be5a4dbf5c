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
///   LOG                             └─ may take all of these but one
///   new writes                                                  └─ are let in
/// ```
///
/// Deletions are let in without end, so the log may take what a flush leaves: each gives the
/// other's zones back. A log without any zone may take one that is kept for compactions: each
/// record that finds none costs a table of its own.
///
/// @param logZones zones for writes that were let in before the store was full
/// @param flushZones zones one memtable may need
/// @param compactionZones zones one compaction may need before it gives any back: for the table
///   that is merged away, for one of those below that is merged in part, and for what is lost
///   between
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

  private static final int COMPACTION_ZONES = 3;

  /// What a store with memtables of `memtableBytes` keeps on a device of this geometry: a
  /// compaction; and, as far as a sixth of the device allows, a log as long as a memtable and a
  /// flush of one.
  public static ZoneReserve standard(Geometry geometry, long memtableBytes) {
    long zoneBytes = geometry.zoneCapacityBytes();
    int memtableZones = (int) Math.min(geometry.zones(), Math.ceilDiv(memtableBytes, zoneBytes));
    int share = Math.max(1, geometry.zones() / 12);
    return new ZoneReserve(
        Math.min(memtableZones, share), Math.min(memtableZones + 1, share), COMPACTION_ZONES);
  }

  /// Zones that new writes must leave empty.
  public int total() {
    return logZones + flushZones + compactionZones;
  }

  /// Empty zones that must be left over when a log that has none takes one.
  int keptFromFirstOfLog() {
    return compactionZones - 1;
  }

  /// Empty zones that must be left over when `purpose` takes one.
  public int keptFrom(Purpose purpose) {
    return switch (purpose) {
      case LOG -> compactionZones + 1;
      case FLUSH -> compactionZones;
      case COMPACTION -> 0;
    };
  }
}
