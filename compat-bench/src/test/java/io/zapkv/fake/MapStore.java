package io.zapkv.fake;

import io.zapkv.api.ClosedException;
import io.zapkv.api.Cursor;
import io.zapkv.api.Durability;
import io.zapkv.api.KeyRange;
import io.zapkv.api.Snapshot;
import io.zapkv.api.StoreStats;
import io.zapkv.api.WriteBatch;
import io.zapkv.api.ZapStore;
import io.zapkv.api.ZoneMap;
import io.zapkv.api.ZoneView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// The public API over a sorted map: what verbs and benchmarks are tested with while they do not
/// care which store it is.
public final class MapStore implements ZapStore {
  private final ConcurrentSkipListMap<byte[], byte[]> map;
  private volatile boolean closed;

  public MapStore(ConcurrentSkipListMap<byte[], byte[]> map) {
    this.map = map;
  }

  public static ConcurrentSkipListMap<byte[], byte[]> emptyMap() {
    return new ConcurrentSkipListMap<>(Arrays::compareUnsigned);
  }

  @Override
  public void put(byte[] key, byte[] value) {
    open().put(key.clone(), value.clone());
  }

  @Override
  public void put(byte[] key, byte[] value, Durability durability) {
    put(key, value);
  }

  @Override
  public void put(MemorySegment key, MemorySegment value) {
    put(key.toArray(ValueLayout.JAVA_BYTE), value.toArray(ValueLayout.JAVA_BYTE));
  }

  @Override
  public void delete(byte[] key) {
    open().remove(key);
  }

  @Override
  public void write(WriteBatch batch) {
    open();
    batch.forEach(
        new WriteBatch.Visitor() {
          @Override
          public void put(
              MemorySegment memory, long key, int keyLength, long value, int valueLength) {
            MapStore.this.put(memory.asSlice(key, keyLength), memory.asSlice(value, valueLength));
          }

          @Override
          public void delete(MemorySegment memory, long key, int keyLength) {
            MapStore.this.delete(memory.asSlice(key, keyLength).toArray(ValueLayout.JAVA_BYTE));
          }
        });
  }

  @Override
  public void write(WriteBatch batch, Durability durability) {
    write(batch);
  }

  @Override
  public byte[] get(byte[] key) {
    byte[] value = open().get(key);
    return value == null ? null : value.clone();
  }

  @Override
  public byte[] get(byte[] key, Snapshot at) {
    open();
    byte[] value = at == null ? map.get(key) : ((MapSnapshot) at).map.get(key);
    return value == null ? null : value.clone();
  }

  @Override
  public int get(MemorySegment key, MemorySegment target) {
    byte[] value = get(key.toArray(ValueLayout.JAVA_BYTE));
    if (value == null) {
      return -1;
    }
    copy(value, target);
    return value.length;
  }

  @Override
  public Snapshot snapshot() {
    return new MapSnapshot(new TreeMap<>(open()));
  }

  @Override
  public Cursor cursor() {
    return cursor(null);
  }

  @Override
  public Cursor cursor(Snapshot at) {
    return cursor(KeyRange.all(), at);
  }

  @Override
  public Cursor cursor(KeyRange range, Snapshot at) {
    NavigableMap<byte[], byte[]> seen = new TreeMap<>(Arrays::compareUnsigned);
    (at == null ? open() : ((MapSnapshot) at).map)
        .forEach((key, value) -> {
          if (range.contains(key)) {
            seen.put(key, value);
          }
        });
    return new MapCursor(seen);
  }

  @Override
  public void flush() {
    open();
  }

  @Override
  public void compact() {
    open();
  }

  @Override
  public StoreStats stats() {
    open();
    return new StoreStats(
        new StoreStats.Writes(10, 1000, 2000, 3, 0, 0, 0),
        new StoreStats.Reads(0, 0),
        new StoreStats.Memory(1 << 20, 1, 2, 3, 4),
        new StoreStats.Background(0, 0, 0, 0, 0),
        new StoreStats.Space(1 << 20, 2 << 20),
        new StoreStats.Zones(0, 0, 0, 0, 0),
        List.of(new StoreStats.Level(0, 1, 4096, 7)),
        "a fake");
  }

  @Override
  public ZoneMap zones() {
    return zoneMap("fake:");
  }

  @Override
  public void close() {
    closed = true;
  }

  /// Some of every kind.
  public static ZoneMap zoneMap(String device) {
    long capacity = 32L << 20;
    return new ZoneMap(
        device,
        4096,
        14,
        14,
        List.of(
            zone(0, ZoneView.State.OPEN, ZoneView.Use.META, capacity / 8, capacity / 8, List.of()),
            zone(1, ZoneView.State.OPEN, ZoneView.Use.META, capacity / 8, capacity / 8, List.of()),
            zone(2, ZoneView.State.CLOSED, ZoneView.Use.LOG, capacity / 2, capacity / 2, List.of()),
            zone(
                3,
                ZoneView.State.FULL,
                ZoneView.Use.TABLE,
                capacity,
                capacity / 100 * 98,
                List.of(7L)),
            zone(
                4,
                ZoneView.State.FULL,
                ZoneView.Use.SHARED,
                capacity,
                capacity / 100 * 90,
                List.of(8L, 9L)),
            zone(5, ZoneView.State.FULL, ZoneView.Use.DEAD, capacity, 0, List.of()),
            zone(6, ZoneView.State.EMPTY, ZoneView.Use.FREE, 0, 0, List.of()),
            zone(7, ZoneView.State.OFFLINE, ZoneView.Use.UNKNOWN, 0, 0, List.of())));
  }

  private static ZoneView zone(
      int zone,
      ZoneView.State state,
      ZoneView.Use use,
      long written,
      long data,
      List<Long> tables) {
    return new ZoneView(zone, state, use, zone, written, 32L << 20, data, tables);
  }

  private ConcurrentSkipListMap<byte[], byte[]> open() {
    if (closed) {
      throw new ClosedException("fake:");
    }
    return map;
  }

  private static void copy(byte[] bytes, MemorySegment target) {
    int length = (int) Math.min(bytes.length, target.byteSize());
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, target, 0, length);
  }

  private record MapSnapshot(NavigableMap<byte[], byte[]> map) implements Snapshot {
    @Override
    public long sequence() {
      return 0;
    }

    @Override
    public void close() {}
  }

  private static final class MapCursor implements Cursor {
    private final NavigableMap<byte[], byte[]> map;
    private Map.Entry<byte[], byte[]> at;

    MapCursor(NavigableMap<byte[], byte[]> map) {
      this.map = map;
    }

    @Override
    public void seek(byte[] key) {
      at = map.ceilingEntry(key);
    }

    @Override
    public void seekForPrev(byte[] key) {
      at = map.floorEntry(key);
    }

    @Override
    public void first() {
      at = map.firstEntry();
    }

    @Override
    public void last() {
      at = map.lastEntry();
    }

    @Override
    public void next() {
      at = map.higherEntry(entry().getKey());
    }

    @Override
    public void prev() {
      at = map.lowerEntry(entry().getKey());
    }

    @Override
    public boolean isValid() {
      return at != null;
    }

    @Override
    public byte[] key() {
      return entry().getKey().clone();
    }

    @Override
    public byte[] value() {
      return entry().getValue().clone();
    }

    @Override
    public int key(MemorySegment target) {
      copy(entry().getKey(), target);
      return entry().getKey().length;
    }

    @Override
    public int value(MemorySegment target) {
      copy(entry().getValue(), target);
      return entry().getValue().length;
    }

    @Override
    public void close() {}

    private Map.Entry<byte[], byte[]> entry() {
      if (at == null) {
        throw new IllegalStateException("the cursor stands on no entry");
      }
      return at;
    }
  }
}
