package io.zapkv.engine.core;

import io.zapkv.api.StoreStats;
import io.zapkv.engine.base.MemoryBudget;
import io.zapkv.engine.cache.CacheStats;
import io.zapkv.engine.memtable.MemTable;
import io.zapkv.engine.staging.StagingArea;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.version.SuperVersion;
import io.zapkv.engine.version.Version;
import io.zapkv.engine.write.Admission;
import io.zapkv.engine.zone.ZoneStanding;
import io.zapkv.engine.zone.ZoneUse;
import io.zapkv.zns.DeviceStats;
import java.util.ArrayList;
import java.util.List;

/// Gathers the figures of a store from where they are counted. Nothing is counted twice, and what a
/// write would have to count is worked out here instead, from what is in memory.
final class StoreFigures {
  private final Foundation base;
  private final SuperVersion now;
  private final StagingArea area;
  private final Admission admission;
  private final BackgroundCounts counts;
  private final int blockBytes;

  /// @param now held by the caller
  StoreFigures(
      Foundation base,
      SuperVersion now,
      StagingArea area,
      Admission admission,
      BackgroundCounts counts) {
    this.base = base;
    this.now = now;
    this.area = area;
    this.admission = admission;
    this.counts = counts;
    this.blockBytes = base.device.geometry().blockBytes();
  }

  /// The figures.
  ///
  /// @param backlogBytes what the lanes have before them
  StoreStats stats(long backlogBytes) {
    DeviceStats device = base.device.stats();
    return new StoreStats(
        writes(device),
        reads(),
        memory(),
        new StoreStats.Background(
            counts.flushed().tables(),
            counts.merges(),
            counts.moves(),
            counts.mergedBlocks() * blockBytes,
            backlogBytes),
        space(),
        new StoreStats.Zones(
            device.resets(),
            device.finishes(),
            device.copiedBytes(),
            base.sealedZones.zones(),
            base.sealedZones.fill()),
        levels(),
        device.ring());
  }

  private StoreStats.Writes writes(DeviceStats device) {
    BackgroundCounts.Flushed flushed = counts.flushed();
    long operations = flushed.operations();
    long userBytes = flushed.userBytes();
    for (int i = -1; i < now.sealedCount(); i++) {
      MemTable table = i < 0 ? now.active() : now.sealed(i);
      if (table.segment().baseSequence() >= flushed.upTo()) {
        MemTable.Contents contents = table.contents();
        operations += contents.operations();
        userBytes += contents.userBytes();
      }
    }
    return new StoreStats.Writes(
        operations,
        userBytes,
        device.appendedBytes() + device.writtenBytes(),
        device.appends(),
        admission.stalls(),
        admission.stallNanosTotal(),
        admission.stallNanosMax());
  }

  private StoreStats.Reads reads() {
    CacheStats cache = base.cache.stats();
    return new StoreStats.Reads(cache.hits(), cache.misses());
  }

  private StoreStats.Memory memory() {
    long memTables = area.heldBytes() + now.active().indexBytes();
    for (int i = 0; i < now.sealedCount(); i++) {
      memTables += now.sealed(i).indexBytes();
    }
    return new StoreStats.Memory(
        base.budget.totalBytes(),
        memTables,
        base.budget.usedBytes(MemoryBudget.Use.CACHE),
        base.budget.usedBytes(MemoryBudget.Use.TABLE_INDEX),
        base.budget.usedBytes(MemoryBudget.Use.BUFFER));
  }

  private StoreStats.Space space() {
    long live = 0;
    for (int level = 0; level < Version.LEVELS; level++) {
      live += now.version().blocks(level);
    }
    long taken = 0;
    for (ZoneStanding zone : base.allocator.standings()) {
      taken += zone.use() == ZoneUse.EMPTY ? 0 : zone.takenBlocks();
    }
    return new StoreStats.Space(live * blockBytes, taken * blockBytes);
  }

  private List<StoreStats.Level> levels() {
    List<StoreStats.Level> levels = new ArrayList<>();
    for (int level = 0; level < Version.LEVELS; level++) {
      long entries = 0;
      for (TableMeta table : now.version().tables(level)) {
        entries += table.entries();
      }
      levels.add(
          new StoreStats.Level(
              level,
              now.version().tables(level).size(),
              now.version().blocks(level) * blockBytes,
              entries));
    }
    return levels;
  }
}
