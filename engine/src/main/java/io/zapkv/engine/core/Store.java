package io.zapkv.engine.core;

import io.zapkv.api.OutOfSpaceException;
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
import io.zapkv.engine.write.Admission;
import io.zapkv.engine.write.CommitPipeline;
import io.zapkv.engine.write.Health;
import io.zapkv.engine.write.MemTables;
import io.zapkv.engine.write.SnapshotList;
import io.zapkv.engine.write.StallLimits;
import io.zapkv.engine.write.StallPolicy;
import io.zapkv.engine.write.WritePressure;
import io.zapkv.engine.zone.Lifetime;
import io.zapkv.engine.zone.Purpose;
import io.zapkv.engine.zone.ZoneAllocator;
import io.zapkv.engine.zone.ZoneLease;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZonedDevice;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// An open store, wired: the foundation, what commits and reads go through, and the lanes behind.
///
/// ```
///   writers ─► CommitPipeline ─► MemTables ──sealed──► flush lane ──► VersionSet ◄── compaction lane
///                    ▲                                                   │ dead zones
///                    └────────── Admission ◄── pressure ──┐              ▼
///                                                         └──────── reclaim lane
/// ```
///
/// Each lane has a signal that wakes it; `progress` wakes whoever waits for a lane.
///
/// **Threading.** Any thread after the constructor.
final class Store implements VersionSet.Owner, AutoCloseable {
  private static final int LEVEL0_SLOW_TABLES = 12;
  private static final int LEVEL0_STOP_TABLES = 24;

  /// Merges owed, in memtables: what the lane does in some ten seconds, and in a minute.
  private static final int OWED_SLOW_MEMTABLES = 64;

  private static final int OWED_STOP_MEMTABLES = 512;

  private static final int PORTIONS_OF_A_ZONE = 4;

  private final Foundation base;
  private final Limits limits;
  private final Health health;
  private final Signal toFlush = new Signal();
  private final Signal toMerge = new Signal();
  private final Signal toReclaim = new Signal();
  private final Signal progress = new Signal();
  private final SnapshotList snapshots = new SnapshotList();
  private final StagingArea area;
  private final LogWriter log;
  private final VersionSet versions;
  private final MemTables memTables;
  private final Admission admission;
  private final CommitPipeline commits;
  private final StallLimits stallLimits;
  private final FlushRate flushRate;
  private final double packing; // blocks that a block of tables takes where zones are shared
  private final BackgroundCounts counts = new BackgroundCounts();
  private final AtomicLong settledSequence = new AtomicLong(-1);
  private volatile Behind behind = new Behind(0, 0, Integer.MAX_VALUE, true, true);

  private final TableFactory flushTables;
  private final TableFactory mergeTables;
  private final FlushWork flushWork;
  private final CompactionWork compactionWork;
  private final Lane flushLane;
  private final Lane compactionLane;
  private final Lane reclaimLane;

  /// Starts the store on `base` and `area`, which it takes over when it returns.
  private Store(Foundation base, StagingArea area, Recovery.Outcome recovered) {
    this.base = base;
    this.area = area;
    StoreOptions options = base.options;
    Env env = base.env;
    String device = base.device.name();
    this.limits = Limits.of(base.device.geometry(), options.memtableBytes());
    this.health = new Health(device);
    this.packing = packing(base.device.geometry());
    this.flushRate = new FlushRate(env.clock(), base.device.geometry().blockBytes());
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
    this.stallLimits = stallLimits(base);
    this.admission =
        new Admission(device, new StallPolicy(stallLimits), this::pressure, env, health, progress);
    this.commits =
        new CommitPipeline(
            versions,
            memTables,
            log,
            base.writeGate,
            admission,
            health,
            this::flushForLog,
            base.device.staging() == null && !base.device.isVolatile(),
            this::fail);
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
            this::mergeRoomBlocks,
            base.device.geometry().zoneCapacityBlocks(),
            baseBlocksMax(),
            counts,
            this::wakeLanes,
            this::isRoomWanted,
            this::levelsChanged);
    this.flushLane = lane("flush", flushWork, toFlush);
    this.compactionLane = lane("compaction", compactionWork, toMerge);
    this.reclaimLane =
        lane(
            "reclaim",
            new ReclaimWork(
                memTables,
                versions,
                base.allocator,
                base.ledger,
                this::updatePressure,
                this::levelsChanged),
            toReclaim);
    flushLane.start(env);
    compactionLane.start(env);
    reclaimLane.start(env);
    levelsChanged();
  }

  private RoomGuard guard(TableFactory outputs) {
    return new RoomGuard(base.allocator::freeBlocks, outputs::takenBlocks, this::wakeLanes);
  }

  private Lane lane(String name, Lane.Job job, Signal work) {
    return new Lane(name, job, work, progress, health, this::fail);
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

  private static StallLimits stallLimits(Foundation base) {
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

  private static double packing(Geometry geometry) {
    long zoneBlocks = geometry.zoneCapacityBlocks();
    double ofChunks = 1 + (double) Limits.chunkBytesMax(geometry) / geometry.zoneCapacityBytes();
    double ofTables = zoneBlocks / (zoneBlocks - ZoneAllocator.tableBlocksMin(zoneBlocks) + 1.0);
    return Math.max(ofChunks, ofTables);
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
    awaitProgress(() -> !holdsUnflushedBelow(end));
  }

  /// Takes the records that find no zone for the log to tables, and waits until the zones of the
  /// log that come free for it can be had: or else the next record would need a table of its own,
  /// too.
  private void flushForLog() {
    flush();
    versions.awaitReclaim();
    awaitProgress(() -> !isFreeingZones());
  }

  /// Flushes, and merges everything into the last level.
  void compact() {
    flush();
    FullCompaction wish = compactionWork.beginFull();
    try {
      wakeLanes();
      awaitProgress(() -> isCompacted(wish));
    } finally {
      compactionWork.endFull();
    }
    versions.awaitReclaim(); // else zones of tables just merged might not look dead yet
    awaitProgress(() -> !isFreeingZones());
  }

  /// Asked in this order: what is given back is the allocator's work afterwards.
  private boolean isFreeingZones() {
    return versions.isGivingBack() || base.allocator.hasWork();
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

  /// Waits for the lanes to get there. What one lane sees as hopeless another may be about to cure,
  /// so before it throws all of them have tried once more, and have come to rest.
  private void awaitProgress(BooleanSupplier reached) {
    boolean isLastTry = false;
    while (true) {
      long seen = progress.count();
      health.checkWritable();
      boolean areResting = areLanesResting();
      if (reached.getAsBoolean()) {
        return;
      }
      if (roomCanBeMade()) {
        isLastTry = false;
        wakeStarvedLanes();
      } else if (areResting && isLastTry) {
        throw outOfSpace();
      } else if (areResting) {
        isLastTry = true;
        wakeLanes();
      }
      progress.awaitPast(seen);
    }
  }

  private boolean areLanesResting() {
    return flushLane.isResting() && compactionLane.isResting() && reclaimLane.isResting();
  }

  private OutOfSpaceException outOfSpace() {
    return new OutOfSpaceException(
        base.device.name(),
        "zones to flush and compact to",
        base.allocator.emptyZones() + " empty zones, and nothing that would free one");
  }

  /// Refuses a writer that would wait for a flush in vain.
  private void requireRoom() {
    if (!roomCanBeMade()) {
      throw outOfSpace();
    }
    wakeStarvedLanes();
  }

  /// Whether some lane has work that ends with more room.
  private boolean roomCanBeMade() {
    return isFreeingZones()
        || (!compactionLane.isOutOfSpace() && !compactionWork.isIdle())
        || (versions.current().sealedCount() > 0 && !flushLane.isOutOfSpace());
  }

  /// Before somebody waits for room: what there is room for, and whether any is wanted, changes in
  /// ways that nobody tells a lane that found none. A lane that is at work tells when it ends.
  private void wakeStarvedLanes() {
    if (areLanesResting()
        && (isFreeingZones()
            || flushLane.isOutOfSpace()
            || compactionLane.isOutOfSpace()
            || compactionWork.isRefused()
            || !compactionWork.isIdle())) {
      wakeLanes();
    }
  }

  private void wakeLanes() {
    toFlush.raise();
    toMerge.raise();
    toReclaim.raise();
  }

  /// Whether a flush that finds no room may take what is kept for merges, because none is going to
  /// make any.
  private boolean isFlushLastResort() {
    return (compactionLane.isOutOfSpace() || compactionWork.isIdle()) && !isFreeingZones();
  }

  private void memTableSealed() {
    updatePressure();
    wakeLanes();
  }

  private void levelsChanged() {
    flushLane.expectRoom();
    compactionLane.expectRoom();
    updatePressure();
    resizeCache();
    wakeLanes();
  }

  private void resizeCache() {
    long others = base.budget.usedBytes(MemoryBudget.Use.TABLE_INDEX);
    base.cache.resize(Math.max(0, base.plan.cacheBytesMax() - others));
  }

  private void updatePressure() {
    Behind now = behind();
    behind = now;
    // One memtable ahead: the active one fills while nobody looks here.
    long soonBytes = memTableBytes(versions.current()) + base.options.memtableBytes();
    boolean memory =
        versions.current().sealedCount() > 0 && soonBytes > stallLimits.memtableSlowBytes();
    admission.press(
        memory
            || !now.isNextReady()
            || now.level0Tables() >= stallLimits.level0SlowTables()
            || now.owedBytes() >= stallLimits.owedSlowBytes()
            || zonesLeft(now.emptyZones(), soonBytes) <= stallLimits.zonesSlow());
  }

  private WritePressure pressure() {
    Behind now = behind;
    long bytes = memTableBytes(versions.current());
    boolean areResting = areLanesResting(); // before they are woken for this write
    boolean isFull =
        zonesLeft(now.emptyZones(), bytes) <= stallLimits.zonesStop() || flushLane.isOutOfSpace();
    if (isFull) {
      flushEarly();
      wakeStarvedLanes();
      now = behind(); // a write may be refused because of it: look again
      behind = now;
      bytes = memTableBytes(versions.current());
    }
    boolean waits = isFull && isMoreThanAPortion(bytes);
    return new WritePressure(
        waits ? stallLimits.memtableStopBytes() : pressingBytes(now),
        now.level0Tables(),
        now.owedBytes(),
        zonesLeft(now.emptyZones(), bytes),
        flushRate.bytesPerSecond(),
        now.roomCanBeMade() || (waits && !areResting));
  }

  /// Empty zones that are left when what is in memory has been flushed, as far as it takes more
  /// than the reserve keeps for flushes. What was let in must find its place, in the lanes and when
  /// the store is opened after a crash.
  private int zonesLeft(int emptyZones, long memTableBytes) {
    long zoneBytes = base.device.geometry().zoneCapacityBytes();
    long zones = Math.ceilDiv(packedBytes(memTableBytes), zoneBytes);
    return (int) (emptyZones - Math.max(0, zones - base.reserve.flushZones()));
  }

  /// Blocks that a merge may take: what is in memory must find its place meanwhile, and after a
  /// crash.
  private long mergeRoomBlocks() {
    int blockBytes = base.device.geometry().blockBytes();
    long freeBytes = base.allocator.freeBlocks(Purpose.COMPACTION) * blockBytes;
    long keptBytes = packedBytes(memTableBytes(versions.current()));
    return (long) (Math.max(0, freeBytes - keptBytes) / packing / blockBytes);
  }

  /// What records of so many bytes take in zones, with the ends of zones that no table fits.
  private long packedBytes(long memTableBytes) {
    return (long) (flushRate.flushedBytes(memTableBytes) * packing);
  }

  /// Whether everything is to be merged down, since nothing else makes room.
  private boolean isRoomWanted() {
    long bytes = memTableBytes(versions.current());
    return flushWork.isStarved()
        || zonesLeft(base.allocator.emptyZones(), bytes) <= stallLimits.zonesStop();
  }

  /// Where memory is all that keeps writes out, a memtable is flushed before it is full: it may
  /// hold many versions of few keys. On a full device deletions are flushed in small portions,
  /// since what a merge of them needs beside a zone or two is as much as they take.
  private void flushEarly() {
    SuperVersion now = versions.current();
    MemTable active = now.active();
    if (now.sealedCount() == 0
        && !active.isEmpty()
        && (base.allocator.emptyZones() > stallLimits.zonesStop()
            || isMoreThanAPortion(active.approximateBytes()))) {
      memTables.replace(active);
    }
  }

  /// Whether a full device takes records of so many bytes only after a merge.
  private boolean isMoreThanAPortion(long memTableBytes) {
    return flushRate.flushedBytes(memTableBytes)
        > base.device.geometry().zoneCapacityBytes() / PORTIONS_OF_A_ZONE;
  }

  /// How far behind the lanes are: worked out when one of them gets further, not for every write.
  private record Behind(
      int level0Tables,
      long owedBytes,
      int emptyZones,
      boolean roomCanBeMade,
      boolean isNextReady) {}

  /// Bytes of records in memory. Until the memory of the next memtable is there, what is left of
  /// the active one is all there is: from its half on writes slow down while that is made, and do
  /// not wait for it at once.
  private long pressingBytes(Behind now) {
    SuperVersion current = versions.current();
    long bytes = memTableBytes(current);
    if (now.isNextReady()) {
      return bytes;
    }
    long memtable = base.options.memtableBytes();
    double used = (double) current.active().approximateBytes() / memtable;
    // Short of the stop: where there is none to be had, who needs it is told why.
    long range = stallLimits.memtableStopBytes() - 1 - stallLimits.memtableSlowBytes();
    return Math.max(bytes, stallLimits.memtableSlowBytes() + (long) (range * (2 * used - 1)));
  }

  private Behind behind() {
    // Asked first: what came free after it is in the count of empty zones.
    boolean roomCanBeMade = roomCanBeMade();
    return new Behind(
        versions.current().tableCount(0),
        compactionWork.owedBlocks() * base.device.geometry().blockBytes(),
        base.allocator.emptyZones(),
        roomCanBeMade,
        area.isReady());
  }

  private static long memTableBytes(SuperVersion now) {
    long bytes = now.active().approximateBytes();
    for (int i = 0; i < now.sealedCount(); i++) {
      bytes += now.sealed(i).approximateBytes();
    }
    return bytes;
  }

  /// Bytes that the lanes have before them; 0 when there is nothing left to do.
  private long backlogBytes() {
    SuperVersion now = versions.current();
    long bytes = memTableBytes(now) - now.active().approximateBytes();
    if (!compactionWork.isIdle()) {
      bytes += Math.max(1, behind.owedBytes());
    }
    return base.allocator.hasWork() ? bytes + 1 : bytes;
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
      return new StoreFigures(base, now, area, admission, counts).stats(backlogBytes());
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
    progress.raise();
    compactionWork.stop();
    compactionLane.close();
    flushLane.close();
    reclaimLane.close();
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
    } catch (ZapException e) {
      // A full or failing device. Nothing is lost: what was acknowledged is in the log or in
      // staging
      // memory, and the next opening replays it.
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
