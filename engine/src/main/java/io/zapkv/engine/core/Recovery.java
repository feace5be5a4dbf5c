package io.zapkv.engine.core;

import io.zapkv.api.CorruptionException;
import io.zapkv.api.DeviceException;
import io.zapkv.api.OutOfSpaceException;
import io.zapkv.engine.base.Invariants;
import io.zapkv.engine.compaction.FlushMerge;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.memtable.MemTable;
import io.zapkv.engine.staging.StagingArea;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.version.Version;
import io.zapkv.engine.version.VersionEdit;
import io.zapkv.engine.wal.LogReplay;
import io.zapkv.engine.wal.ReplayReport;
import io.zapkv.engine.zone.Purpose;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Brings back what the log holds and the tables do not: replays it into memtables, writes these as
/// tables of level 0, and moves the log's floor, all in one edit.
///
/// Until that edit is durable nothing that the log is read from changes, so a crash at any moment
/// means to begin again (F24). After it, nothing of the old log counts any more.
///
/// The records get new, smaller sequences from the floor on, in their old order: what was given up
/// between them (claims never published, headers of batches) leaves no gap.
///
/// On a full device, zones that hold neither tables nor log are emptied first. Where even that is
/// not enough, all that was written is given up, and the next opening finds the same log.
final class Recovery {
  private static final long[] NO_SNAPSHOTS = {};

  private final Foundation base;
  private final StagingArea area;
  private final FlushMerge merge;
  private final Consumer<ReplayReport> judge;
  private final List<VersionEdit.Placed> tables = new ArrayList<>();
  private Arena arena = Arena.ofShared();
  private MemTable scratch;

  private Recovery(
      Foundation base, StagingArea area, TableFactory outputs, Consumer<ReplayReport> judge) {
    this.base = base;
    this.area = area;
    this.judge = judge;
    this.merge = outputs.flushMerge();
    this.scratch = newScratch(base.recovered.logFloor());
  }

  /// Recovers the store.
  ///
  /// @param version the tables afterwards
  /// @param firstSequence where the log goes on
  record Outcome(Version version, long firstSequence) {}

  /// Recovers what `area` and the zones hold.
  ///
  /// @param judge throws where what the log lacks must not be gone without a word
  /// @throws OutOfSpaceException where the tables find no room
  static Outcome run(Foundation base, StagingArea area, Consumer<ReplayReport> judge) {
    if (base.allocator.spareZones() <= 0) {
      freeRubbish(base);
    }
    try {
      return attempt(base, area, judge);
    } catch (OutOfSpaceException e) {
      if (!freeRubbish(base)) {
        throw e;
      }
      return attempt(base, area, judge);
    }
  }

  /// Writes into the reserve, too: the zones of the log come free for it.
  private static Outcome attempt(Foundation base, StagingArea area, Consumer<ReplayReport> judge) {
    try (TableFactory outputs = base.tableFactory(Purpose.RECOVERY)) {
      Recovery recovery = new Recovery(base, area, outputs, judge);
      boolean complete = false;
      try {
        Outcome outcome = recovery.run();
        complete = true;
        return outcome;
      } finally {
        if (!complete) {
          recovery.tables.forEach(placed -> outputs.discard(placed.table()));
        }
      }
    }
  }

  /// Empties zones in which nothing lives and nothing of the log is: tables that no edit ever
  /// named, log of long ago, what an attempt in vain has written.
  ///
  /// @return whether there were any
  private static boolean freeRubbish(Foundation base) {
    for (int zone : base.allocator.leftovers()) {
      boolean isLog =
          LogReplay.isLog(
              base.source,
              base.recovered.storeId(),
              base.device.report(zone),
              base.ledger,
              base.recovered.logFloor());
      if (!isLog) {
        base.allocator.leftoverDone(zone);
      }
    }
    int[] zones = base.allocator.retire();
    if (zones.length > 0) {
      base.manifest.append(VersionEdit.release(zones, base.ledger));
      base.allocator.released(zones);
    }
    return base.allocator.reclaim() > 0;
  }

  private Outcome run() {
    ReplayReport report;
    try {
      report =
          LogReplay.replay(
              base.source,
              base.recovered.storeId(),
              leftovers(),
              base.recovered.givenUp(),
              base.ledger,
              area.recovered(),
              base.recovered.logFloor(),
              this::add);
      judge.accept(report);
      flushScratch();
    } finally {
      scratch.release();
      arena.close();
    }
    base.manifest.append(
        new VersionEdit(tables, List.of(), List.of(), report.nextSequence(), base.nextTableId.get())
            .givingUp(lostZones()));
    area.discardRecovered();
    base.allocator.leftoversDone();
    return new Outcome(base.manifest.version(), report.nextSequence());
  }

  private List<ZoneReport> leftovers() {
    List<ZoneReport> zones = new ArrayList<>();
    for (int zone : base.allocator.leftovers()) {
      zones.add(base.device.report(zone));
    }
    return zones;
  }

  /// Zones that take no more: with the step that this recovery ends in, no log in them is needed.
  private List<Integer> lostZones() {
    return base.device.report().stream()
        .filter(
            report -> report.state() == ZoneState.READ_ONLY || report.state() == ZoneState.OFFLINE)
        .map(ZoneReport::zone)
        .toList();
  }

  /// Refuses a log in which something is or may be missing that had been acknowledged (F8, F12).
  ///
  /// @throws DeviceException where a zone is gone, or blocks cannot be read, that may have held
  ///   some of it
  /// @throws CorruptionException where records are missing that had been acknowledged as durable
  static void requireAll(String device, ReplayReport report) {
    if (!report.lostZones().isEmpty()) {
      throw new DeviceException(
          device + ": zone " + report.lostZones().getFirst(),
          "a zone that can be read: it may hold log from sequence "
              + report.floorSequence()
              + " on",
          ZoneState.OFFLINE.name(),
          "bring the zone back, or copy the store and run `zap repair` on the copy to go on without"
              + " what was written last",
          null);
    }
    if (!report.unreadableZones().isEmpty()) {
      throw new DeviceException(
          device + ": zone " + report.unreadableZones().getFirst(),
          "blocks that can be read: they may hold log from sequence "
              + report.floorSequence()
              + " on",
          ZoneFailure.MEDIA_READ.name(),
          "run `zap repair` to go on without what was written last",
          null);
    }
    if (report.isLossy()) {
      throw new CorruptionException(
          device + ": log",
          "every record below sequence " + report.promisedSequence() + ", which was durable",
          "records up to sequence " + report.endSequence());
    }
  }

  private void add(
      int kind,
      MemorySegment memory,
      long keyOffset,
      int keyBytes,
      long valueOffset,
      int valueBytes,
      long sequence) {
    long added = scratch.add(kind, memory, keyOffset, keyBytes, memory, valueOffset, valueBytes);
    if (added == MemTable.FULL) {
      nextScratch();
      added = scratch.add(kind, memory, keyOffset, keyBytes, memory, valueOffset, valueBytes);
    }
    Invariants.check(added <= sequence, "a recovered record moves back in the log, never ahead");
  }

  private void nextScratch() {
    long end = scratch.seal();
    flushScratch();
    scratch.release();
    arena.close();
    arena = Arena.ofShared();
    scratch = newScratch(end);
  }

  private MemTable newScratch(long baseSequence) {
    return new MemTable(StagingArea.scratch(arena, base.options.memtableBytes(), baseSequence), 0);
  }

  private void flushScratch() {
    try (InternalCursor entries = scratch.cursor(Trailer.SEQUENCE_MAX)) {
      for (TableMeta table : merge.run(entries, scratch.approximateBytes(), NO_SNAPSHOTS)) {
        tables.add(new VersionEdit.Placed(0, table));
      }
    }
  }
}
