package io.zapkv.engine.inspect;

import io.zapkv.api.CorruptionException;
import io.zapkv.api.DeviceException;
import io.zapkv.api.VerifyReport;
import io.zapkv.engine.append.BlockSource;
import io.zapkv.engine.base.Env;
import io.zapkv.engine.base.EpochGate;
import io.zapkv.engine.base.MemoryBudget;
import io.zapkv.engine.cache.BlockCache;
import io.zapkv.engine.table.BlockBuffers;
import io.zapkv.engine.table.TableCheck;
import io.zapkv.engine.table.TableContext;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.table.TableReader;
import io.zapkv.engine.version.Manifest;
import io.zapkv.engine.version.Recovered;
import io.zapkv.engine.version.Version;
import io.zapkv.engine.wal.ReplayReport;
import io.zapkv.engine.zone.ZoneLimits;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZonedDevice;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Checks all that a closed store holds against what it says it holds.
///
/// ```
///   metadata   both copies, merged as opening would
///   levels     order, and that nothing is in two places
///   zones      as many whole chunks of each table as the manifest counts
///   tables     every block of every table
///   log        zones and staging memory, replayed into nothing
/// ```
///
/// **Threading.** One thread, one use.
///
/// **Memory.** One table's index and one block at a time, and the log of one segment.
final class StoreVerifier {
  /// What [MemoryBudget] counts here is not shared with anybody.
  private static final long BUDGET_BYTES = 1 << 20;

  private final ZonedDevice device;
  private final BlockSource source;
  private final Env env;
  private final ProblemList problems = new ProblemList();
  private final List<ZoneReport> zones;
  private long tables;
  private long blocks;
  private long entries;
  private long bytes;

  StoreVerifier(ZonedDevice device, BlockSource source, Env env) {
    this.device = device;
    this.source = source;
    this.env = env;
    this.zones = device.report();
  }

  VerifyReport verify() {
    for (int zone = 0; zone < ZoneLimits.METADATA_ZONES; zone++) {
      countBytes(zones.get(zone));
    }
    try (Manifest manifest = Inspect.requireStore(device, source)) {
      Recovered found = manifest.recovered();
      for (String copy : found.damage()) {
        problems.add(device.name() + ": metadata", "two whole copies", copy);
      }
      checkLevels(found);
      checkZones(found);
      checkTables(found);
      checkLog(found);
    } catch (CorruptionException | DeviceException e) {
      problems.add(e); // nothing else can be found without the manifest
    }
    return new VerifyReport(
        device.name(), zones.size(), tables, blocks, entries, bytes, problems.all());
  }

  private void countBytes(ZoneReport zone) {
    bytes += FoundZones.writtenBlocks(zone) * device.geometry().blockBytes();
  }

  private void checkLevels(Recovered found) {
    Set<Long> ids = new HashSet<>();
    for (int level = 0; level < Version.LEVELS; level++) {
      TableMeta before = null;
      for (TableMeta table : found.version().tables(level)) {
        String where = device.name() + ": manifest, level " + level + ", table " + table.id();
        if (!ids.add(table.id())) {
          problems.add(where, "a table in one place", "one that is in two");
        }
        if (table.id() >= found.nextTableId()) {
          problems.add(where, "an id below " + found.nextTableId(), "" + table.id());
        }
        if (table.largestSequence() >= found.logFloor()) {
          problems.add(
              where,
              "entries below the log's floor " + found.logFloor(),
              "sequence " + table.largestSequence());
        }
        if (level > 0
            && before != null
            && Arrays.compareUnsigned(before.largest(), table.smallest()) >= 0) {
          problems.add(where, "keys behind those of table " + before.id(), "a key that is not");
        }
        before = table;
      }
    }
  }

  private void checkZones(Recovered found) {
    ZoneCensus census = new ZoneCensus(source, found, problems);
    for (ZoneReport zone : zones) {
      if (found.generations()[zone.zone()] < 0) {
        problems.add(device.name() + ": zone " + zone.zone(), "a generation", "a negative one");
      }
      if (census.livesIn(zone.zone())) {
        countBytes(zone);
        problems.noting(() -> census.check(zone));
      }
    }
  }

  private void checkTables(Recovered found) {
    EpochGate gate = new EpochGate(env::pause);
    MemoryBudget budget = new MemoryBudget(BUDGET_BYTES);
    try (BlockCache cache = new BlockCache(0, gate, budget);
        BlockBuffers buffers = new BlockBuffers(budget)) {
      TableContext context = new TableContext(found.storeId(), source, cache, buffers, budget);
      for (int level = 0; level < Version.LEVELS; level++) {
        for (TableMeta table : found.version().tables(level)) {
          if (!problems.isFull()) {
            problems.noting(() -> checkTable(table, context));
          }
        }
      }
    }
  }

  private void checkTable(TableMeta meta, TableContext context) {
    tables++;
    try (TableReader table = TableReader.open(meta, context)) {
      TableCheck check = table.verify();
      blocks += check.blocks();
      entries += check.entries();
      check.problems().forEach(problems::add);
    }
  }

  private void checkLog(Recovered found) {
    LogLook.zones(device, found).forEach(this::countBytes);
    problems.noting(() -> judge(LogLook.read(device, source, found, env)));
  }

  private void judge(ReplayReport log) {
    String where = device.name() + ": log";
    if (log.isDamaged()) {
      problems.add(
          where,
          "whole records in memory that outlived its writer",
          "a damaged one at sequence " + log.endSequence());
    }
    if (log.endSequence() < log.promisedSequence()) {
      problems.add(
          where,
          "every record below sequence " + log.promisedSequence() + ", which was durable",
          "records up to sequence " + log.endSequence());
    }
    for (int zone : log.lostZones()) {
      problems.add(
          device.name() + ": zone " + zone,
          "a zone that can be read: it may hold log from sequence " + log.floorSequence() + " on",
          ZoneState.OFFLINE.name());
    }
    for (int zone : log.unreadableZones()) {
      problems.add(
          device.name() + ": zone " + zone,
          "blocks that can be read: they may hold log from sequence " + log.floorSequence() + " on",
          ZoneFailure.MEDIA_READ.name());
    }
  }
}
