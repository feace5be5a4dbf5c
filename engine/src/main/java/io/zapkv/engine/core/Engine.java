package io.zapkv.engine.core;

import io.zapkv.api.Cursor;
import io.zapkv.api.Durability;
import io.zapkv.api.KeyRange;
import io.zapkv.api.NotAStoreException;
import io.zapkv.api.Snapshot;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.StoreStats;
import io.zapkv.api.WriteBatch;
import io.zapkv.api.ZapStore;
import io.zapkv.api.ZoneMap;
import io.zapkv.engine.base.Env;
import io.zapkv.engine.base.EpochGate;
import io.zapkv.engine.base.Keys;
import io.zapkv.engine.base.SparePool;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.RecordDescriptor;
import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.format.ValueKind;
import io.zapkv.engine.memtable.MemTable;
import io.zapkv.engine.read.LevelCursor;
import io.zapkv.engine.read.Lookup;
import io.zapkv.engine.read.MergingCursor;
import io.zapkv.engine.read.NativeKey;
import io.zapkv.engine.read.PointLookup;
import io.zapkv.engine.read.TableCursors;
import io.zapkv.engine.read.VisibleCursor;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.version.SuperVersion;
import io.zapkv.engine.version.Version;
import io.zapkv.engine.version.VersionSet;
import io.zapkv.engine.wal.ReplayReport;
import io.zapkv.engine.write.CommitPipeline;
import io.zapkv.engine.write.Health;
import io.zapkv.engine.write.SnapshotList;
import io.zapkv.engine.zone.ZoneLimits;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDeviceException;
import io.zapkv.zns.ZonedDevices;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The store: what a caller asks for, handed to the room that does it.
///
/// **Threading.** Any thread, virtual ones too.
public final class Engine implements ZapStore {
  private static final byte[] NOTHING = {};

  private final Store store;

  private final StoreOptions options;
  private final Limits limits;
  private final Health health;
  private final EpochGate readGate;
  private final VersionSet versions;
  private final CommitPipeline commits;
  private final SnapshotList snapshots;
  private final SparePool<Lookup> lookups = new SparePool<>(Lookup::new);
  private final SparePool<NativeKey> keys = new SparePool<>(NativeKey::new);

  Engine(Store store) {
    this.store = store;
    this.options = store.options();
    this.limits = store.limits();
    this.health = store.health();
    this.readGate = store.readGate();
    this.versions = store.versions();
    this.commits = store.commits();
    this.snapshots = store.snapshots();
  }

  /// Opens the store on the device named `device`, making both where nothing is there and the
  /// options say so.
  ///
  /// @param env time, chance and threads
  public static Engine open(String device, StoreOptions options, Env env) {
    ZonedDevice opened;
    try {
      if (!ZonedDevices.exists(device)) {
        if (!options.createIfMissing()) {
          throw new NotAStoreException(device, "a store", "nothing", null);
        }
        // Too small is told before anything is made that would be too small for ever.
        ZoneLimits.check(device, ZonedDevices.geometryOfNew(device));
      }
      opened = ZonedDevices.open(device);
    } catch (ZonedDeviceException e) {
      throw Failures.ofOpening(device, e);
    }
    return open(opened, options, env);
  }

  /// Opens the store on `device`, which it takes over: closed with the store, or at once where this
  /// fails.
  public static Engine open(ZonedDevice device, StoreOptions options, Env env) {
    return opened(device, () -> Store.open(device, options, env));
  }

  /// Opens the store on `device` though some of its log may be missing: what is there up to the
  /// first gap is brought back, and the rest is given up for good.
  ///
  /// @param found told what is missing, before anything is given up
  public static Engine openWithoutLost(
      ZonedDevice device, StoreOptions options, Env env, Consumer<ReplayReport> found) {
    return opened(device, () -> Store.open(device, options, env, found));
  }

  private static Engine opened(ZonedDevice device, Supplier<Store> store) {
    try {
      return new Engine(store.get());
    } catch (ZonedDeviceException e) {
      device.close();
      throw Failures.ofOpening(device.name(), e);
    } catch (RuntimeException | Error e) {
      device.close();
      throw e;
    }
  }

  @Override
  public void put(byte[] key, byte[] value) {
    put(key, value, options.durability());
  }

  @Override
  public void put(byte[] key, byte[] value, Durability durability) {
    limits.check(key.length, value.length);
    commits.commit(ValueKind.PUT, key, value, Objects.requireNonNull(durability));
  }

  @Override
  public void put(MemorySegment key, MemorySegment value) {
    limits.check(key.byteSize(), value.byteSize());
    commits.commit(ValueKind.PUT, key, value, options.durability());
  }

  @Override
  public void delete(byte[] key) {
    limits.check(key.length, 0);
    commits.commit(ValueKind.DELETE, key, NOTHING, options.durability());
  }

  @Override
  public void write(WriteBatch batch) {
    write(batch, options.durability());
  }

  @Override
  public void write(WriteBatch batch, Durability durability) {
    Objects.requireNonNull(durability);
    if (batch.sizeBytes() > options.batchBytesMax()) {
      throw new IllegalArgumentException(
          "a batch of "
              + batch.sizeBytes()
              + " bytes; with these options at most "
              + options.batchBytesMax());
    }
    batch.forEach(limits);
    health.checkWritable();
    if (batch.count() > 0) {
      commits.commit(batch, durability);
    }
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return get(key, Trailer.SEQUENCE_MAX);
  }

  @Override
  public byte @Nullable [] get(byte[] key, @Nullable Snapshot at) {
    return get(key, sequenceOf(at));
  }

  private byte @Nullable [] get(byte[] key, long sequence) {
    if (key.length > RecordDescriptor.KEY_BYTES_MAX) {
      health.checkOpen();
      return null; // nothing of that length was ever let in
    }
    Lookup found = lookups.take();
    MemorySegment wanted = found.key().of(key, key.length);
    long hash = Keys.hash(wanted, 0, key.length);
    int ticket = readGate.enter();
    try {
      health.checkOpen();
      if (!PointLookup.find(versions.current(), wanted, 0, key.length, hash, sequence, found)) {
        return null;
      }
      byte[] value = new byte[found.length()];
      MemorySegment.copy(
          found.segment(), ValueLayout.JAVA_BYTE, found.offset(), value, 0, value.length);
      return value;
    } finally {
      readGate.exit(ticket);
      lookups.give(found);
    }
  }

  @Override
  public int get(MemorySegment key, MemorySegment target) {
    Objects.requireNonNull(target); // also where nothing is found to be put there
    if (key.byteSize() > RecordDescriptor.KEY_BYTES_MAX) {
      health.checkOpen();
      return -1;
    }
    int keyBytes = (int) key.byteSize();
    Lookup found = lookups.take();
    MemorySegment wanted = found.key().of(key, 0, keyBytes);
    long hash = Keys.hash(wanted, 0, keyBytes);
    int ticket = readGate.enter();
    try {
      health.checkOpen();
      if (!PointLookup.find(
          versions.current(), wanted, 0, keyBytes, hash, Trailer.SEQUENCE_MAX, found)) {
        return -1;
      }
      MemorySegment.copy(
          found.segment(), found.offset(), target, 0, Math.min(found.length(), target.byteSize()));
      return found.length();
    } finally {
      readGate.exit(ticket);
      lookups.give(found);
    }
  }

  @Override
  public Snapshot snapshot() {
    health.checkOpen();
    long sequence = snapshots.acquire(() -> lastSequence(versions.current()));
    store.awaitWriters(sequence);
    return new EngineSnapshot(snapshots, sequence);
  }

  @Override
  public Cursor cursor() {
    return cursor(KeyRange.all(), null);
  }

  @Override
  public Cursor cursor(@Nullable Snapshot at) {
    return cursor(KeyRange.all(), at);
  }

  @Override
  public Cursor cursor(KeyRange range, @Nullable Snapshot at) {
    health.checkOpen();
    // Held first: what its memtable claims until now is all in it, and nothing is dropped from it.
    SuperVersion now = versions.hold();
    NativeKey key = keys.take();
    try {
      long sequence = at == null ? lastSequence(now) : sequenceOf(at);
      store.awaitWriters(sequence);
      VisibleCursor entries =
          new VisibleCursor(everything(now, sequence), sequence, range.from(), range.to(), key);
      return new EngineCursor(entries, health, () -> giveBack(now, key));
    } catch (RuntimeException e) {
      giveBack(now, key);
      throw e;
    }
  }

  private void giveBack(SuperVersion held, NativeKey key) {
    keys.give(key);
    versions.release(held);
  }

  private InternalCursor everything(SuperVersion now, long sequence) {
    List<InternalCursor> sources = new ArrayList<>();
    sources.add(now.active().cursor(sequence));
    for (int i = 0; i < now.sealedCount(); i++) {
      sources.add(now.sealed(i).cursor(sequence));
    }
    Version version = now.version();
    TableCursors open = meta -> now.cursor(meta);
    for (TableMeta table : version.tables(0)) {
      sources.add(new LevelCursor(List.of(table), open));
    }
    for (int level = 1; level < Version.LEVELS; level++) {
      if (!version.tables(level).isEmpty()) {
        sources.add(new LevelCursor(version.tables(level), open));
      }
    }
    return new MergingCursor(sources.toArray(new InternalCursor[0]));
  }

  @Override
  public void flush() {
    health.checkWritable();
    store.flush();
  }

  @Override
  public void compact() {
    health.checkWritable();
    store.compact();
  }

  @Override
  public StoreStats stats() {
    health.checkOpen();
    return store.stats();
  }

  @Override
  public ZoneMap zones() {
    health.checkOpen();
    return store.zones();
  }

  @Override
  public void close() {
    store.close();
  }

  /// The sequence up to which everything claimed until now reaches.
  private static long lastSequence(SuperVersion now) {
    MemTable active = now.active();
    return active.endSequence() - 1;
  }

  private long sequenceOf(@Nullable Snapshot at) {
    return switch (at) {
      case null -> Trailer.SEQUENCE_MAX;
      case EngineSnapshot ours -> ours.sequenceFor(snapshots);
      default -> throw new IllegalArgumentException("the snapshot is of another store");
    };
  }
}
