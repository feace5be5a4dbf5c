package io.zapkv.engine.table;

import io.zapkv.engine.append.AppendStream;
import io.zapkv.engine.append.BlockSource;
import io.zapkv.engine.append.ChunkStamp;
import io.zapkv.engine.base.EpochGate;
import io.zapkv.engine.base.Keys;
import io.zapkv.engine.base.MemoryBudget;
import io.zapkv.engine.cache.BlockCache;
import io.zapkv.engine.format.ValueKind;
import io.zapkv.engine.zone.Lifetime;
import io.zapkv.engine.zone.Purpose;
import io.zapkv.engine.zone.ZoneAllocator;
import io.zapkv.engine.zone.ZoneLedger;
import io.zapkv.engine.zone.ZoneReserve;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/// A device with all that writing and reading tables needs.
final class TableWorkshop implements AutoCloseable {
  static final long STORE = 0x5EEDL;

  final ZonedDevice device;
  final EpochGate gate = new EpochGate(LockSupport::parkNanos);
  final MemoryBudget budget = new MemoryBudget(1L << 30);
  final BlockCache cache;
  final BlockBuffers buffers = new BlockBuffers(budget);
  final TableContext context;
  int chunkBytesMax = 1 << 20;
  private final ZoneAllocator allocator;
  private final BlockSource source;

  TableWorkshop(ZonedDevice device, long cacheBytes) {
    this.device = device;
    ZoneLedger ledger = new ZoneLedger(new int[device.geometry().zones()]);
    allocator = new ZoneAllocator(device, ledger, new ZoneReserve(1, 1, 1), () -> {});
    source = new BlockSource(device, 2);
    cache = new BlockCache(cacheBytes, gate, budget);
    context = new TableContext(STORE, source, cache, buffers, budget);
  }

  static TableWorkshop open(String device, long cacheBytes) {
    return new TableWorkshop(ZonedDevices.open(device), cacheBytes);
  }

  AppendStream stream(Lifetime lifetime) {
    return new AppendStream(
        device,
        blocks -> allocator.lease(lifetime, blocks, Purpose.COMPACTION),
        new ChunkStamp(STORE, 3, 0),
        chunkBytesMax,
        4);
  }

  TableMeta write(TableOptions options, long id, TreeMap<TestKey, byte[]> entries) {
    try (AppendStream stream = stream(Lifetime.SHARED);
        TableWriter writer = TableWriter.sharingZones(options, stream, id, 0)) {
      for (Map.Entry<TestKey, byte[]> entry : entries.entrySet()) {
        add(writer, entry.getKey(), entry.getValue());
      }
      return writer.finish();
    }
  }

  /// An entry whose value is empty and whose sequence is odd is a deletion.
  static void add(TableWriter writer, TestKey key, byte[] value) {
    writer.add(
        key.segment(),
        0,
        key.key().length,
        key.sequence(),
        kind(key, value),
        MemorySegment.ofArray(value),
        0,
        value.length);
  }

  static int kind(TestKey key, byte[] value) {
    return value.length == 0 && key.sequence() % 2 == 1 ? ValueKind.DELETE : ValueKind.PUT;
  }

  static int get(TableReader table, byte[] key, long sequence, GetResult out) {
    MemorySegment segment = MemorySegment.ofArray(key);
    return table.get(segment, 0, key.length, Keys.hash(segment, 0, key.length), sequence, out);
  }

  @Override
  public void close() {
    cache.close();
    buffers.close();
    source.close();
    allocator.close();
    device.close();
  }
}
