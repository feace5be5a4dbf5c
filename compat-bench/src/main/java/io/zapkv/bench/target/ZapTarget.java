package io.zapkv.bench.target;

import io.zapkv.api.Cursor;
import io.zapkv.api.Durability;
import io.zapkv.api.KeyRange;
import io.zapkv.api.Snapshot;
import io.zapkv.api.StoreStats;
import io.zapkv.api.WriteBatch;
import io.zapkv.api.ZapStore;
import io.zapkv.api.ZoneMap;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// ZapKV, through its public API only.
public final class ZapTarget implements Target {
  /// The name it is asked for by.
  public static final String NAME = "zapkv";

  private final ZapStore store;
  private final TargetOptions options;

  /// Takes over `store` and closes it.
  public ZapTarget(ZapStore store, TargetOptions options) {
    this.store = store;
    this.options = options;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String settings() {
    return "%d MiB in all, %d MiB memtable, %s, filter of %d bits a key, %d-byte blocks, one flush and one compaction thread; %s"
        .formatted(
            options.memoryBytes() >> 20,
            options.memtableBytes() >> 20,
            options.compression(),
            options.filterBitsPerKey(),
            TargetOptions.BLOCK_BYTES,
            store.stats().ring());
  }

  @Override
  public void put(byte[] key, byte[] value, Durability durability) {
    store.put(key, value, durability);
  }

  @Override
  public void put(byte[] key, byte[] value) {
    store.put(key, value);
  }

  @Override
  public void put(MemorySegment key, MemorySegment value) {
    store.put(key, value);
  }

  @Override
  public void delete(byte[] key) {
    store.delete(key);
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return store.get(key);
  }

  @Override
  public int get(MemorySegment key, MemorySegment target) {
    return store.get(key, target);
  }

  @Override
  public byte @Nullable [] get(byte[] key, View at) {
    return store.get(key, ((ZapView) at).snapshot);
  }

  @Override
  public Batch batch() {
    return new ZapBatch(store, new WriteBatch());
  }

  @Override
  public View view() {
    return new ZapView(store.snapshot());
  }

  @Override
  public Walk walk(KeyRange range, @Nullable View at) {
    Snapshot snapshot = at == null ? null : ((ZapView) at).snapshot;
    if (range.from() != null || range.to() != null) {
      return new ZapWalk(store.cursor(range, snapshot));
    }
    return new ZapWalk(snapshot == null ? store.cursor() : store.cursor(snapshot));
  }

  @Override
  public void flush() {
    store.flush();
  }

  @Override
  public void compact() {
    store.compact();
  }

  @Override
  public boolean isIdle() {
    return store.stats().background().backlogBytes() == 0;
  }

  @Override
  public Figures figures() {
    StoreStats stats = store.stats();
    return new Figures(
        stats.writes().deviceBytesWritten(),
        stats.space().spaceBytes(),
        stats.memory().usedBytes(),
        stats.zones().resets(),
        stats.zones().finishes(),
        stats.zones().copiedBytes());
  }

  @Override
  public ZoneMap zones() {
    return store.zones();
  }

  @Override
  public void close() {
    store.close();
  }

  private record ZapView(Snapshot snapshot) implements View {
    @Override
    public void close() {
      snapshot.close();
    }
  }

  private record ZapBatch(ZapStore store, WriteBatch batch) implements Batch {
    @Override
    public void put(byte[] key, byte[] value) {
      batch.put(key, value);
    }

    @Override
    public void delete(byte[] key) {
      batch.delete(key);
    }

    @Override
    public void write(Durability durability) {
      store.write(batch, durability);
      batch.clear();
    }

    @Override
    public void write() {
      store.write(batch);
      batch.clear();
    }

    @Override
    public void close() {}
  }

  private record ZapWalk(Cursor cursor) implements Walk {
    @Override
    public void seek(byte[] key) {
      cursor.seek(key);
    }

    @Override
    public void seekForPrev(byte[] key) {
      cursor.seekForPrev(key);
    }

    @Override
    public void first() {
      cursor.first();
    }

    @Override
    public void last() {
      cursor.last();
    }

    @Override
    public void next() {
      cursor.next();
    }

    @Override
    public void prev() {
      cursor.prev();
    }

    @Override
    public boolean isValid() {
      return cursor.isValid();
    }

    @Override
    public byte[] key() {
      return cursor.key();
    }

    @Override
    public byte[] value() {
      return cursor.value();
    }

    @Override
    public int key(MemorySegment target) {
      return cursor.key(target);
    }

    @Override
    public int value(MemorySegment target) {
      return cursor.value(target);
    }

    @Override
    public int copy(Scratch scratch) {
      return cursor.key(scratch.segment()) + cursor.value(scratch.segment());
    }

    @Override
    public void close() {
      cursor.close();
    }
  }
}
