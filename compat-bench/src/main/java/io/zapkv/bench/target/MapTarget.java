package io.zapkv.bench.target;

import io.zapkv.api.Durability;
import io.zapkv.api.KeyRange;
import io.zapkv.api.ZoneMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// A sorted map on the heap: too simple to be wrong, hence what the others are judged by.
///
/// A view is a copy of the whole map, so it costs what the map holds. A walk that is not at a view
/// sees writes made during it.
///
/// **Threading.** As [Target] wants, but a batch is not seen all at once by other threads.
public final class MapTarget implements Target {
  /// The name it is asked for by.
  public static final String NAME = "map";

  private final ConcurrentSkipListMap<byte[], byte[]> map;

  /// An empty map.
  public MapTarget() {
    this(new ConcurrentSkipListMap<>(Arrays::compareUnsigned));
  }

  /// A target over a map that outlives it: this is how the oracle is reopened.
  public MapTarget(ConcurrentSkipListMap<byte[], byte[]> map) {
    this.map = map;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String settings() {
    return "a sorted map on the Java heap";
  }

  @Override
  public void put(byte[] key, byte[] value, Durability durability) {
    map.put(key.clone(), value.clone());
  }

  @Override
  public void delete(byte[] key) {
    map.remove(key);
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return map.get(key);
  }

  @Override
  public byte @Nullable [] get(byte[] key, View at) {
    return ((MapView) at).map.get(key);
  }

  @Override
  public Batch batch() {
    return new MapBatch(map, new ArrayList<>());
  }

  @Override
  public View view() {
    // Not clone(): that of a map whose entries were all removed shares its nodes with the map.
    return new MapView(new ConcurrentSkipListMap<>(map));
  }

  @Override
  public Walk walk(KeyRange range, @Nullable View at) {
    NavigableMap<byte[], byte[]> all = at == null ? map : ((MapView) at).map;
    return new MapWalk(within(all, range));
  }

  @Override
  public void flush() {}

  @Override
  public void compact() {}

  @Override
  public boolean isIdle() {
    return true;
  }

  @Override
  public Figures figures() {
    return new Figures(0, 0, 0, 0, 0, 0);
  }

  @Override
  public @Nullable ZoneMap zones() {
    return null;
  }

  @Override
  public void close() {}

  private static NavigableMap<byte[], byte[]> within(
      NavigableMap<byte[], byte[]> all, KeyRange range) {
    byte[] from = range.from();
    byte[] to = range.to();
    if (from != null && to != null && Arrays.compareUnsigned(from, to) >= 0) {
      return new ConcurrentSkipListMap<>(Arrays::compareUnsigned);
    }
    NavigableMap<byte[], byte[]> kept = all;
    if (from != null) {
      kept = kept.tailMap(from, true);
    }
    return to == null ? kept : kept.headMap(to, false);
  }

  private record MapView(NavigableMap<byte[], byte[]> map) implements View {
    @Override
    public void close() {}
  }

  private record MapBatch(Map<byte[], byte[]> map, List<Runnable> changes) implements Batch {
    @Override
    public void put(byte[] key, byte[] value) {
      byte[] keyCopy = key.clone();
      byte[] valueCopy = value.clone();
      changes.add(() -> map.put(keyCopy, valueCopy));
    }

    @Override
    public void delete(byte[] key) {
      byte[] keyCopy = key.clone();
      changes.add(() -> map.remove(keyCopy));
    }

    @Override
    public void write(Durability durability) {
      changes.forEach(Runnable::run);
      changes.clear();
    }

    @Override
    public void close() {}
  }

  private static final class MapWalk implements Walk {
    private final NavigableMap<byte[], byte[]> map;
    private Map.@Nullable Entry<byte[], byte[]> at;

    MapWalk(NavigableMap<byte[], byte[]> map) {
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
      return entry().getKey();
    }

    @Override
    public byte[] value() {
      return entry().getValue();
    }

    @Override
    public int copy(Scratch scratch) {
      return entry().getKey().length + entry().getValue().length;
    }

    @Override
    public void close() {}

    private Map.Entry<byte[], byte[]> entry() {
      Map.Entry<byte[], byte[]> entry = at;
      if (entry == null) {
        throw new IllegalStateException("the walk stands on no entry");
      }
      return entry;
    }
  }
}
