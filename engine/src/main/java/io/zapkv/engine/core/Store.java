package io.zapkv.engine.core;

import io.zapkv.api.StoreOptions;
import io.zapkv.api.StoreStats;
import io.zapkv.api.ZapException;
import io.zapkv.api.ZoneMap;
import io.zapkv.engine.base.Env;
import io.zapkv.engine.base.EpochGate;
import io.zapkv.engine.base.MemoryBudget;
import io.zapkv.engine.base.Signal;
import io.zapkv.engine.compaction.FullCompaction;
import io.zapkv.engine.memtable.MemTable;
import io.zapkv.engine.staging.StagingArea;
import io.zapkv.engine.staging.StagingSegment;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.table.TableReader;
import io.zapkv.engine.version.SuperVersion;
import io.zapkv.engine.version.VersionEdit;
import io.zapkv.engine.version.VersionSet;
import io.zapkv.engine.wal.LogWriter;
import io.zapkv.engine.wal.ReplayReport;
import io.zapkv.engine.write.CommitPipeline;
import io.zapkv.engine.write.Health;
import io.zapkv.engine.write.MemTables;
import io.zapkv.engine.write.SnapshotList;
import io.zapkv.engine.zone.Lifetime;
import io.zapkv.engine.zone.Purpose;
import io.zapkv.engine.zone.ZoneLease;
import io.zapkv.zns.ZonedDevice;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// An open store, wired: the foundation, what commits and reads go through, and the lanes behind.
///
/// ```
///   writers ─► CommitPipeline ─► MemTables ──sealed──► flush lane ──► VersionSet ◄── compaction lane
///                    ▲                                                   │ dead zones
///                    └─── Admission ◄── BackPressure ◄── Lanes           ▼
///                                            ▲        └──────────── reclaim lane
///                                       RoomForecast
/// ```
///
/// It knows who tells whom. How far the lanes are behind is [BackPressure]'s, whether waiting for
/// them has an end [Lanes]', and how much room there will be [RoomForecast]'s. Something that was
/// sealed, flushed, merged or emptied comes by here, is counted anew there, and wakes the lanes.
///
/// **Threading.** Any thread after the constructor.
final class Store implements VersionSet.Owner, AutoCloseable {
  private final Foundation base;
  private final Limits limits;
  private final Health health;
  private final Signal progress = new Signal();
  private final SnapshotList snapshots = new SnapshotList();
  private final StagingArea area;
  private final LogWriter log;
  private final VersionSet versions;
  private final MemTables memTables;
  private final CommitPipeline commits;
  private final BackgroundCounts counts = new BackgroundCounts();
  private final AtomicLong settledSequence = new AtomicLong(-1);

  private final TableFactory flushTables;
  private final TableFactory mergeTables;
  private final FlushWork flushWork;
  private final CompactionWork compactionWork;
  private final RoomForecast room;
  private final Lanes lanes;
  private final BackPressure pressure;

  /// Starts the store on `base` and `area`, which it takes over when it returns.
  private Store(Foundation base, StagingArea area, Recovery.Outcome recovered) {
    this.base = base;
    this.area = area;
    StoreOptions options = base.options;
    this.limits = Limits.of(base.device.geometry(), options.memtableBytes());
    this.health = new Health(base.device.name());
    StagingSegment first = area.next(recovered.firstSequence());
    this.versions =
        new VersionSet(
            base.manifest,
            recovered.version(),
            new MemTable(first, 0),
            meta -> TableReader.openOrRefuse(meta, base.tables),
            meta -> TableReader.open(meta, base.tables),
            base.readGate,
            this);
    // After the tables, which are read: it has a queue and buffers that nobody would give back.
    this.log =
        new LogWriter(
            base.device,
            this::leaseLogZone,
            base.ledger,
            base.recovered.storeId(),
            base.recovered.epoch());
    log.segmentStarted(first);
    this.memTables =
        new MemTables(
            versions,
            area,
            log,
            base.writeGate,
            health,
            base.plan.memTablesMax(),
            progress,
            this::memTableSealed,
            this::requireRoom);
    FlushRate flushRate = new FlushRate(base.env.clock(), base.device.geometry().blockBytes());
    this.room = new RoomForecast(base, versions, flushRate);
    this.flushTables = base.tableFactory(Purpose.FLUSH);
    this.mergeTables = base.tableFactory(Purpose.COMPACTION);
    this.flushWork =
        new FlushWork(
            memTables,
            versions,
            snapshots,
            flushTables,
            flushRate,
            counts,
            guard(flushTables),
            guard(flushTables),
            this::isFlushLastResort,
            this::wakeLanes,
            this::levelsChanged);
    this.compactionWork =
        new CompactionWork(
            versions,
            snapshots,
            mergeTables,
            meta -> versions.current().cursor(meta),
            base.allocator,
            room::mergeBlocks,
            base.device.geometry().zoneCapacityBlocks(),
            baseBlocksMax(),
            counts,
            this::wakeLanes,
            this::isRoomWanted,
            this::levelsChanged);
    ReclaimWork reclaimWork =
        new ReclaimWork(
            memTables,
            versions,
            base.allocator,
            base.ledger,
            this::updatePressure,
            this::levelsChanged);
    this.lanes =
        new Lanes(
            base, versions, health, progress, flushWork, compactionWork, reclaimWork, this::fail);
    this.pressure =
        new BackPressure(
            base,
            versions,
            area,
            memTables,
            compactionWork,
            lanes,
            room,
            flushRate,
            health,
            progress);
    this.commits =
        new CommitPipeline(
            versions,
            memTables,
            log,
            base.writeGate,
            pressure.admission(),
            health,
            this::flushForLog,
            base.device.staging() == null && !base.device.isVolatile(),
            this::fail);
    lanes.start(base.env);
    levelsChanged();
  }

  private RoomGuard guard(TableFactory outputs) {
    return new RoomGuard(base.allocator::freeBlocks, outputs::takenBlocks, this::wakeLanes);
  }

  /// Takes no more writes because of `failure`, and lets nobody wait for what will not come.
  private void fail(Throwable failure) {
    health.poison(failure);
    base.allocator.stop(failure);
    progress.raise();
    wakeLanes();
  }

  /// Recovers and starts the store on `device`. Where it throws, everything but the device is
  /// closed again.
  static Store open(ZonedDevice device, StoreOptions options, Env env) {
    return open(device, options, env, log -> Recovery.requireAll(device.name(), log));
  }

  /// As above.
  ///
  /// @param judge throws where what the log lacks must not be gone without a word
  static Store open(
      ZonedDevice device, StoreOptions options, Env env, Consumer<ReplayReport> judge) {
    Foundation base = Foundation.open(device, options, env);
    StagingArea area = null;
    try {
      area =
          new StagingArea(
              device.staging(),
              options.memtableBytes(),
              base.recovered.storeId(),
              base.recovered.epoch(),
              env.bootId(),
              env.random("staging-tags"));
      return new Store(base, area, Recovery.run(base, area, judge));
    } catch (RuntimeException | Error e) {
      if (area != null) {
        area.close();
      }
      base.close();
      throw e;
    }
  }

  /// A zone for the log. The lease may have reset one, which others were perhaps waiting for; and
  /// the log takes as much as the memtable that writes are let into, so these must hear of it.
  private ZoneLease leaseLogZone(long blocks) {
    ZoneLease lease = base.allocator.lease(Lifetime.LOG, blocks, Purpose.LOG);
    updatePressure();
    progress.raise();
    return lease;
  }

  /// The first sorted level may hold as much as the level-0 tables that are merged into it.
  private long baseBlocksMax() {
    return 4 * Math.ceilDiv(base.options.memtableBytes(), base.device.geometry().blockBytes());
  }

  StoreOptions options() {
    return base.options;
  }

  Limits limits() {
    return limits;
  }

  Health health() {
    return health;
  }

  EpochGate readGate() {
    return base.readGate;
  }

  VersionSet versions() {
    return versions;
  }

  CommitPipeline commits() {
    return commits;
  }

  SnapshotList snapshots() {
    return snapshots;
  }

  /// Waits until every write that was given a sequence up to this one is complete.
  void awaitWriters(long sequence) {
    if (settledSequence.get() < sequence) {
      base.writeGate.awaitQuiescence();
      settledSequence.accumulateAndGet(sequence, Math::max);
    }
  }

  /// Writes all that is in memory now to tables.
  void flush() {
    MemTable active = versions.current().active();
    if (!active.isEmpty()) {
      memTables.replace(active);
    }
    long end = active.endSequence();
    lanes.await(() -> !holdsUnflushedBelow(end));
  }

  /// Takes the records that find no zone for the log to tables, and waits until the zones of the
  /// log that come free for it can be had: or else the next record would need a table of its own,
  /// too.
  private void flushForLog() {
    flush();
    lanes.awaitFreedZones();
  }

  /// Flushes, and merges everything into the last level.
  void compact() {
    flush();
    FullCompaction wish = compactionWork.beginFull();
    try {
      lanes.wake();
      lanes.await(() -> isCompacted(wish));
    } finally {
      compactionWork.endFull();
    }
    lanes.awaitFreedZones();
  }

  /// Idle with the wish open, a snapshot keeps what is left from being dropped.
  private boolean isCompacted(FullCompaction wish) {
    return compactionWork.isDone(wish) || compactionWork.isSettled();
  }

  private boolean holdsUnflushedBelow(long sequence) {
    SuperVersion now = versions.current();
    return now.sealedCount() > 0
        && now.sealed(now.sealedCount() - 1).segment().baseSequence() < sequence;
  }

  // What the parts that are made before the lanes tell or ask them.

  private void wakeLanes() {
    lanes.wake();
  }

  private void requireRoom() {
    lanes.requireRoom();
  }

  private boolean isFlushLastResort() {
    return lanes.isFlushLastResort();
  }

  private void updatePressure() {
    pressure.update();
  }

  /// Whether everything is to be merged down, since nothing else makes room.
  private boolean isRoomWanted() {
    return flushWork.isStarved() || room.isFull();
  }

  private void memTableSealed() {
    updatePressure();
    wakeLanes();
  }

  private void levelsChanged() {
    lanes.expectRoom();
    updatePressure();
    resizeCache();
    wakeLanes();
  }

  private void resizeCache() {
    long others = base.budget.usedBytes(MemoryBudget.Use.TABLE_INDEX);
    base.cache.resize(Math.max(0, base.plan.cacheBytesMax() - others));
  }

  @Override
  public void tableGone(TableMeta table) {
    if (!health.isClosed()) {
      base.ledger.drop(table.extents());
    }
  }

  @Override
  public void memTableGone(MemTable table) {
    boolean isOpen = !health.isClosed();
    if (isOpen) {
      log.released(table.endSequence()); // before its segment is used anew: the log reads it
    }
    table.release();
    if (isOpen) {
      area.release(table.segment());
    }
  }

  @Override
  public void allGone() {
    wakeLanes();
    progress.raise();
  }

  /// Figures of the store now.
  StoreStats stats() {
    SuperVersion now = versions.hold();
    try {
      return new StoreFigures(base, now, area, pressure.admission(), counts)
          .stats(pressure.backlogBytes());
    } finally {
      versions.release(now);
    }
  }

  /// What each zone holds now.
  ZoneMap zones() {
    return ZoneViews.of(base.device, base.allocator.standings(), versions.current().version());
  }

  @Override
  public void close() {
    if (!health.close()) {
      return;
    }
    lanes.close();
    base.writeGate.awaitQuiescence(); // writers that came in before now are done
    try {
      if (!health.isPoisoned()) {
        flushAll();
      }
    } finally {
      release();
    }
  }

  /// What is still in memory goes to tables, so that the next opening has nothing to replay.
  private void flushAll() {
    try {
      SuperVersion last = versions.current();
      last.active().seal();
      for (int i = last.sealedCount() - 1; i >= 0; i--) {
        flushWork.flushLast(last.sealed(i));
      }
      if (!last.active().isEmpty()) {
        flushWork.flushLast(last.active());
      }
      versions.commitLast(VersionEdit.CLOSED);
      log.released(last.active().endSequence()); // a writer may be about to ask for that
    } catch (ZapException e) {
      // A full or failing device. Nothing is lost: what was acknowledged is in the log or in
      // staging memory, and the next opening replays it.
      System.getLogger(Store.class.getName())
          .log(System.Logger.Level.WARNING, "closing without a last flush: {0}", e.getMessage());
    }
  }

  private void release() {
    base.readGate.awaitQuiescence();
    flushTables.close();
    mergeTables.close();
    log.close();
    memTables.close();
    versions.close();
    SuperVersion last = versions.current();
    last.active().release();
    for (int i = 0; i < last.sealedCount(); i++) {
      last.sealed(i).release();
    }
    area.close();
    base.close();
    base.device.close();
  }
}
