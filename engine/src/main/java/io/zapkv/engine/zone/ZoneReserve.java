package io.zapkv.engine.zone;

import io.zapkv.zns.Geometry;

/// How many empty zones are kept back, so that a full store can still finish what it has accepted,
/// and delete, compact and reopen (F23).
///
/// ```
///   empty zones   0 ────────────┬────────────┬─────────────────┬───────────────┬────────────►
///                  first of log   rewrites     compactionZones   flushZones,     anyone
///                                                                logZones
///   RECOVERY      may take all
///   LOG, first    may take all
///   REWRITE                     └─ may take these
///   COMPACTION                               └─ may take these
///   FLUSH                                                      └─ may take these
///   LOG, others                                                └─ may take all of these but one
///   new writes                                                                 └─ are let in
/// ```
///
/// Deletions are let in without end, so the log may take what a flush leaves: each gives the
/// other's zones back. While the log holds no zone, one is kept for it that nothing else may take:
/// a DURABLE deletion then costs a block of log, not a table of its own, and when that zone is full
/// a flush gives it back before the next one is needed. One more is kept for rewrites, which give
/// back what they take and more: so whatever merges have left, dead blocks can be had again.
///
/// @param logZones zones for writes that were let in before the store was full
/// @param flushZones zones one memtable may need
/// @param compactionZones zones that the log, a rewrite and a merge may need before they give any
///   back: the log one, a rewrite one, and a merge those for the table that is merged away, for one
///   of those below that is merged in part, and for what is lost between
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

  /// Devices with fewer zones keep one more, since what is lost at the ends of zones and in tables
  /// that straddle them is a larger part of these.
  private static final int FEW_ZONES = 64;

  private static final int FIRST_OF_LOG = 1;
  private static final int REWRITE = 1;

  /// What a store with memtables of `memtableBytes` keeps on a device of this geometry: a
  /// compaction; and, as far as a sixth of the device allows, a log as long as a memtable and a
  /// flush of one.
  public static ZoneReserve standard(Geometry geometry, long memtableBytes) {
    long zoneBytes = geometry.zoneCapacityBytes();
    int memtableZones = (int) Math.min(geometry.zones(), Math.ceilDiv(memtableBytes, zoneBytes));
    int share = Math.max(1, geometry.zones() / 12);
    return new ZoneReserve(
        Math.min(memtableZones, share),
        Math.min(memtableZones + 1, share),
        geometry.zones() < FEW_ZONES ? COMPACTION_ZONES + 1 : COMPACTION_ZONES);
  }

  /// Zones that new writes must leave empty.
  public int total() {
    return logZones + flushZones + compactionZones;
  }

  /// Empty zones that must be left over when `purpose` takes one.
  ///
  /// @param hasLog whether the log holds a zone
  public int keptFrom(Purpose purpose, boolean hasLog) {
    int ofLog = hasLog ? 0 : FIRST_OF_LOG;
    return switch (purpose) {
      case LOG -> hasLog ? compactionZones + 1 : 0;
      case FLUSH -> compactionZones;
      case COMPACTION -> ofLog + REWRITE;
      case REWRITE -> ofLog;
      case RECOVERY -> 0;
    };
  }
}
