package io.zapkv.engine.wal;

import io.zapkv.api.WriteBatch;
import io.zapkv.engine.append.BlockSource;
import io.zapkv.engine.append.ZoneSource;
import io.zapkv.engine.format.ValueKind;
import io.zapkv.engine.memtable.MemTable;
import io.zapkv.engine.staging.StagingArea;
import io.zapkv.engine.staging.StagingArea.RecoveredSegment;
import io.zapkv.engine.zone.Lifetime;
import io.zapkv.engine.zone.Purpose;
import io.zapkv.engine.zone.ZoneAllocator;
import io.zapkv.engine.zone.ZoneLedger;
import io.zapkv.engine.zone.ZoneReserve;
import io.zapkv.zns.StagingStore;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A log on a device in memory, with memtables to write it through, for tests.
final class Rig implements AutoCloseable {
  static final long STORE = 0x5AFE;
  static final int EPOCH = 3;
  static final long BASE = 1000;

  /// One put of the history; `end` is the sequence behind the claim it belongs to.
  record Put(String key, String value, long sequence, long end) {}

  final ZonedDevice device;
  final ZoneLedger ledger;
  final ZoneAllocator allocator;
  final Store store = new Store();
  final StagingArea area;
  final LogWriter log;
  final List<Put> history = new ArrayList<>();
  MemTable table;

  Rig(String parameters, long segmentBytes, @Nullable ZoneSource zones) {
    device =
        ZonedDevices.open(
            "mem:?zones=96&capacity=256KiB&append=16KiB&open=96&active=96" + parameters);
    ledger = new ZoneLedger(new int[device.geometry().zones()]);
    allocator = new ZoneAllocator(device, ledger, new ZoneReserve(1, 1, 1), () -> {});
    area = new StagingArea(store, segmentBytes, STORE, EPOCH, "boot", new SplittableRandom(1));
    log =
        new LogWriter(
            device,
            zones == null ? blocks -> allocator.lease(Lifetime.LOG, blocks, Purpose.LOG) : zones,
            ledger,
            STORE,
            EPOCH);
    begin(BASE);
  }

  Rig(String parameters, long segmentBytes) {
    this(parameters, segmentBytes, null);
  }

  /// Goes on in another memtable; the one before is sealed.
  void switchTable() {
    begin(table.seal());
  }

  private void begin(long sequence) {
    table = new MemTable(area.next(sequence), 1000);
    log.segmentStarted(table.segment());
  }

  /// Puts, into the next memtable where this one is full; returns the sequence.
  long put(String key, String value) {
    byte[] k = key.getBytes(StandardCharsets.ISO_8859_1);
    byte[] v = value.getBytes(StandardCharsets.ISO_8859_1);
    long sequence = table.add(ValueKind.PUT, k, 0, k.length, v, 0, v.length);
    if (sequence == MemTable.FULL) {
      switchTable();
      return put(key, value);
    }
    history.add(new Put(key, value, sequence, sequence + (32 + k.length + v.length + 7) / 8));
    return sequence;
  }

  /// Puts keys with one value, as a batch.
  long batch(List<String> keys, String value) {
    WriteBatch batch = new WriteBatch();
    for (String key : keys) {
      batch.put(
          key.getBytes(StandardCharsets.ISO_8859_1), value.getBytes(StandardCharsets.ISO_8859_1));
    }
    long last = table.add(batch);
    if (last == MemTable.FULL) {
      switchTable();
      return batch(keys, value);
    }
    long end = table.endSequence();
    long sequence = end;
    for (String key : keys) {
      sequence -= (32 + key.length() + value.length() + 7) / 8;
    }
    for (String key : keys) {
      history.add(new Put(key, value, sequence, end));
      sequence += (32 + key.length() + value.length() + 7) / 8;
    }
    return last;
  }

  /// What another process would find, without staging memory.
  Replayed replayZones(long floor) {
    return replay(device, ledger, List.of(), floor);
  }

  /// What another process of this or another boot would find.
  Replayed replayAll(String boot, long floor) {
    StagingArea after =
        new StagingArea(
            store,
            area.heldBytes() == 0 ? 8192 : segmentBytes(),
            STORE,
            EPOCH + 1,
            boot,
            new SplittableRandom(2));
    return replay(device, ledger, after.recovered(), floor);
  }

  private long segmentBytes() {
    return table.segment().segmentBytes();
  }

  static Replayed replay(
      ZonedDevice device, ZoneLedger ledger, List<RecoveredSegment> recovered, long floor) {
    Replayed replayed = new Replayed();
    List<ZoneReport> zones = device.report().subList(2, device.geometry().zones());
    try (BlockSource source = new BlockSource(device, 1)) {
      replayed.report =
          LogReplay.replay(
              source,
              STORE,
              zones,
              Set.of(),
              ledger,
              recovered,
              floor,
              (kind, memory, keyAt, keyBytes, valueAt, valueBytes, sequence) ->
                  replayed.records.add(
                      text(memory, keyAt, keyBytes)
                          + "="
                          + text(memory, valueAt, valueBytes)
                          + "@"
                          + sequence));
    }
    return replayed;
  }

  /// The history up to the claims that end at or below `end`, as a replay prints it.
  List<String> historyTo(long end) {
    return history.stream().filter(put -> put.end <= end).map(Rig::print).toList();
  }

  List<String> historyFrom(long floor) {
    return history.stream().filter(put -> put.sequence >= floor).map(Rig::print).toList();
  }

  List<String> wholeHistory() {
    return historyTo(Long.MAX_VALUE);
  }

  private static String print(Put put) {
    return put.key + "=" + put.value + "@" + put.sequence;
  }

  private static String text(MemorySegment memory, long offset, int length) {
    byte[] bytes = memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    log.close();
    allocator.close();
    device.close();
    store.arena.close();
  }

  static final class Replayed {
    final List<String> records = new ArrayList<>();
    ReplayReport report;
  }

  /// Staging memory that outlives a process.
  static final class Store implements StagingStore {
    final Arena arena = Arena.ofShared();
    final TreeMap<String, MemorySegment> pieces = new TreeMap<>();

    @Override
    public MemorySegment map(String name, long bytes) {
      return pieces.computeIfAbsent(name, _ -> arena.allocate(bytes, 4096));
    }

    @Override
    public List<String> names() {
      return List.copyOf(pieces.keySet());
    }

    @Override
    public void delete(String name) {
      pieces.remove(name);
    }
  }
}
