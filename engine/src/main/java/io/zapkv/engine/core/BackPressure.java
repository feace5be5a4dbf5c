package io.zapkv.engine.core;

import io.zapkv.api.StoreOptions;
import io.zapkv.engine.base.Signal;
import io.zapkv.engine.memtable.MemTable;
import io.zapkv.engine.staging.StagingArea;
import io.zapkv.engine.version.SuperVersion;
import io.zapkv.engine.version.VersionSet;
import io.zapkv.engine.write.Admission;
import io.zapkv.engine.write.Health;
import io.zapkv.engine.write.MemTables;
import io.zapkv.engine.write.StallLimits;
import io.zapkv.engine.write.StallPolicy;
import io.zapkv.engine.write.WritePressure;

/// How far the lanes are behind, as writes feel it.
///
/// ```
///   a lane came further ─► update ─► Behind ─► press: must writes ask?
///                                       │                  │ yes
///                                       └──────────► pressure() ─► StallPolicy: how long to wait
/// ```
///
/// What is owed is worked out when a lane gets further, not for every write; only what is in memory
/// is looked at each time. Where the device is full a write looks at everything anew, and has what
/// is in memory flushed early, since it may be refused because of it.
///
/// **Threading.** Any thread. Two updates at once may leave the older figures until the next one.
final class BackPressure {
  private static final int LEVEL0_SLOW_TABLES = 12;
  private static final int LEVEL0_STOP_TABLES = 24;

  /// Merges owed, in memtables: what the lane does in some ten seconds, and in a minute.
  private static final int OWED_SLOW_MEMTABLES = 64;

  private static final int OWED_STOP_MEMTABLES = 512;

  private final Foundation base;
  private final VersionSet versions;
  private final StagingArea area;
  private final MemTables memTables;
  private final CompactionWork compactionWork;
  private final Lanes lanes;
  private final RoomForecast room;
  private final FlushRate flushRate;
  private final StallLimits limits;
  private final Admission admission;
  private volatile Behind behind = new Behind(0, 0, Integer.MAX_VALUE, true, true);

  /// @param progress raised when a lane has come further, or will not
  BackPressure(
      Foundation base,
      VersionSet versions,
      StagingArea area,
      MemTables memTables,
      CompactionWork compactionWork,
      Lanes lanes,
      RoomForecast room,
      FlushRate flushRate,
      Health health,
      Signal progress) {
    this.base = base;
    this.versions = versions;
    this.area = area;
    this.memTables = memTables;
    this.compactionWork = compactionWork;
    this.lanes = lanes;
    this.room = room;
    this.flushRate = flushRate;
    this.limits = limits(base);
    this.admission =
        new Admission(
            base.device.name(),
            new StallPolicy(limits),
            this::pressure,
            base.env,
            health,
            progress);
  }

  private static StallLimits limits(Foundation base) {
    StoreOptions options = base.options;
    int kept = base.reserve.total();
    return new StallLimits(
        base.plan.slowBytes(options),
        base.plan.stopBytes(options),
        LEVEL0_SLOW_TABLES,
        LEVEL0_STOP_TABLES,
        OWED_SLOW_MEMTABLES * options.memtableBytes(),
        OWED_STOP_MEMTABLES * options.memtableBytes(),
        kept + Math.max(2, base.device.geometry().zones() / 16),
        kept,
        kept - base.reserve.logZones());
  }

  /// Where writes feel it.
  Admission admission() {
    return admission;
  }

  /// Looks how far the lanes are now: after any of them has come further.
  void update() {
    Behind now = behind();
    behind = now;
    // One memtable ahead: the active one fills while nobody looks here.
    long soonBytes = room.memTableBytes() + base.options.memtableBytes();
    boolean memory = versions.current().sealedCount() > 0 && soonBytes > limits.memtableSlowBytes();
    admission.press(
        memory
            || !now.isNextReady()
            || now.level0Tables() >= limits.level0SlowTables()
            || now.owedBytes() >= limits.owedSlowBytes()
            || room.zonesLeft(now.emptyZones(), soonBytes) <= limits.zonesSlow());
  }

  private WritePressure pressure() {
    Behind now = behind;
    long bytes = room.memTableBytes();
    boolean areResting = lanes.areResting(); // before they are woken for this write
    boolean isFull = room.isFull(now.emptyZones(), bytes) || lanes.isFlushOutOfSpace();
    if (isFull) {
      flushEarly();
      lanes.wakeStarved();
      now = behind(); // a write may be refused because of it: look again
      behind = now;
      bytes = room.memTableBytes();
    }
    boolean waits = isFull && room.isMoreThanAPortion(bytes);
    return new WritePressure(
        waits ? limits.memtableStopBytes() : pressingBytes(now),
        now.level0Tables(),
        now.owedBytes(),
        room.zonesLeft(now.emptyZones(), bytes),
        flushRate.bytesPerSecond(),
        now.roomCanBeMade() || (waits && !areResting));
  }

  /// Where memory is all that keeps writes out, a memtable is flushed before it is full: it may
  /// hold many versions of few keys. On a full device deletions are flushed in small portions,
  /// since what a merge of them needs beside a zone or two is as much as they take.
  private void flushEarly() {
    SuperVersion now = versions.current();
    MemTable active = now.active();
    if (now.sealedCount() == 0
        && !active.isEmpty()
        && (base.allocator.emptyZones() > limits.zonesStop()
            || room.isMoreThanAPortion(active.approximateBytes()))) {
      memTables.replace(active);
    }
  }

  /// Bytes of records in memory. Until the memory of the next memtable is there, what is left of
  /// the active one is all there is: from its half on writes slow down while that is made, and do
  /// not wait for it at once.
  private long pressingBytes(Behind now) {
    SuperVersion current = versions.current();
    long bytes = RoomForecast.memTableBytes(current);
    if (now.isNextReady()) {
      return bytes;
    }
    long memtable = base.options.memtableBytes();
    double used = (double) current.active().approximateBytes() / memtable;
    // Short of the stop: where there is none to be had, who needs it is told why.
    long range = limits.memtableStopBytes() - 1 - limits.memtableSlowBytes();
    return Math.max(bytes, limits.memtableSlowBytes() + (long) (range * (2 * used - 1)));
  }

  private Behind behind() {
    // Asked first: what came free after it is in the count of empty zones.
    boolean roomCanBeMade = lanes.roomCanBeMade();
    return new Behind(
        versions.current().tableCount(0),
        compactionWork.owedBlocks() * base.device.geometry().blockBytes(),
        base.allocator.emptyZones(),
        roomCanBeMade,
        area.isReady());
  }

  /// Bytes that the lanes have before them; 0 when there is nothing left to do.
  long backlogBytes() {
    SuperVersion now = versions.current();
    long bytes = RoomForecast.memTableBytes(now) - now.active().approximateBytes();
    if (!compactionWork.isIdle()) {
      bytes += Math.max(1, behind.owedBytes());
    }
    return base.allocator.hasWork() ? bytes + 1 : bytes;
  }

  /// What is owed.
  ///
  /// @param isNextReady whether the memory of the next memtable is there
  private record Behind(
      int level0Tables,
      long owedBytes,
      int emptyZones,
      boolean roomCanBeMade,
      boolean isNextReady) {}
}
