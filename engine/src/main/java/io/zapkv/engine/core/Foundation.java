package io.zapkv.engine.core;

import io.zapkv.api.NotAStoreException;
import io.zapkv.api.StoreOptions;
import io.zapkv.engine.append.BlockSource;
import io.zapkv.engine.append.ChunkStamp;
import io.zapkv.engine.base.Env;
import io.zapkv.engine.base.EpochGate;
import io.zapkv.engine.base.MemoryBudget;
import io.zapkv.engine.cache.BlockCache;
import io.zapkv.engine.table.BlockBuffers;
import io.zapkv.engine.table.TableContext;
import io.zapkv.engine.table.TableOptions;
import io.zapkv.engine.version.Manifest;
import io.zapkv.engine.version.Recovered;
import io.zapkv.engine.zone.Purpose;
import io.zapkv.engine.zone.ZoneAllocator;
import io.zapkv.engine.zone.ZoneLedger;
import io.zapkv.engine.zone.ZoneReserve;
import io.zapkv.zns.ZonedDevice;
import java.util.concurrent.atomic.AtomicLong;

/// What a store stands on: the device and who may write where, the manifest, the gates, the memory.
/// There before recovery begins; closed after everything else.
///
/// **Threading.** Made by one thread; its parts say for themselves.
final class Foundation implements AutoCloseable {
  /// Reads of a device that is not mapped that go on at once.
  private static final int READERS_MAX = 16;

  final ZonedDevice device;
  final StoreOptions options;
  final Env env;
  final MemoryPlan plan;
  final EpochGate readGate;
  final EpochGate writeGate;
  final MemoryBudget budget;
  final BlockSource source;
  final BlockCache cache;
  final BlockBuffers buffers;
  final Manifest manifest;
  final Recovered recovered;
  final ZoneReserve reserve;
  final ZoneLedger ledger;
  final ZoneAllocator allocator;
  final TableContext tables;
  final AtomicLong nextTableId;
  final SealedZones sealedZones = new SealedZones();

  private Foundation(
      ZonedDevice device, StoreOptions options, Env env, BlockSource source, Manifest manifest) {
    this.device = device;
    this.options = options;
    this.env = env;
    this.source = source;
    this.manifest = manifest;
    this.recovered = manifest.recovered();
    this.readGate = new EpochGate(env::pause);
    this.writeGate = new EpochGate(env::pause);
    this.plan = MemoryPlan.of(options);
    this.budget = new MemoryBudget(options.memoryBudgetBytes());
    this.cache = new BlockCache(plan.cacheBytesMax(), readGate, budget);
    this.buffers = new BlockBuffers(budget);
    this.ledger = recovered.ledger();
    this.reserve = ZoneReserve.standard(device.geometry(), options.memtableBytes());
    this.allocator = new ZoneAllocator(device, ledger, reserve, readGate::awaitQuiescence);
    this.tables = new TableContext(recovered.storeId(), source, cache, buffers, budget);
    this.nextTableId = new AtomicLong(recovered.nextTableId());
  }

  /// Opens the store on `device`, or makes one where nothing is written on it and the options say
  /// so. The new epoch is durable when this returns.
  ///
  /// @throws io.zapkv.api.ZapException where there is no store that can be opened; nothing was
  ///   changed
  static Foundation open(ZonedDevice device, StoreOptions options, Env env) {
    BlockSource source = new BlockSource(device, READERS_MAX);
    Manifest manifest = null;
    try {
      manifest =
          Manifest.open(
              device, source, true, found -> ZoneAllocator.requireHeld(device, found.ledger()));
      if (manifest == null) {
        if (!options.createIfMissing()) {
          throw new NotAStoreException(
              device.name(), "a store", "a device on which nothing is written", null);
        }
        manifest = Manifest.create(device, env.random("store-id").nextLong());
      }
      for (String warning : manifest.recovered().warnings()) {
        System.getLogger(Foundation.class.getName())
            .log(System.Logger.Level.WARNING, device.name() + ": " + warning);
      }
      return new Foundation(device, options, env, source, manifest);
    } catch (RuntimeException | Error e) {
      if (manifest != null) {
        manifest.close();
      }
      source.close();
      throw e;
    }
  }

  /// A maker of tables for one lane.
  TableFactory tableFactory(Purpose purpose) {
    return new TableFactory(
        device, allocator, ledger, purpose, tableOptions(), stamp(), nextTableId, sealedZones);
  }

  /// What the chunks of this opening have in common.
  ChunkStamp stamp() {
    return new ChunkStamp(recovered.storeId(), recovered.epoch(), 0);
  }

  private TableOptions tableOptions() {
    return new TableOptions(
        options.compression(),
        options.filterBitsPerKey(),
        options.blockBytes(),
        Math.max(options.blockBytes(), Limits.chunkBytesMax(device.geometry())));
  }

  @Override
  public void close() {
    allocator.close();
    manifest.close();
    cache.close();
    buffers.close();
    source.close();
  }
}
