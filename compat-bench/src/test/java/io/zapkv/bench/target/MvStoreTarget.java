package io.zapkv.bench.target;

import io.zapkv.api.Compression;
import io.zapkv.api.Durability;
import io.zapkv.api.KeyRange;
import io.zapkv.api.ZoneMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.RootReference;
import org.h2.mvstore.type.ByteArrayDataType;
import org.jspecify.annotations.Nullable;

/// H2's MVStore, set up by somebody who wants it to win.
///
/// It commits by itself once a second, or when a memtable's worth is unsaved: so a kill -9 may take
/// a second of what is BUFFERED, where the others lose nothing. A durable write is a commit and a
/// sync.
///
/// **Threading.** As [Target] wants, but a batch is not seen all at once by other threads.
///
/// **Memory.** Cache and unsaved pages are on the Java heap.
final class MvStoreTarget implements Target {
  static final String NAME = "mvstore";

  private static final int COMPACT_MILLIS_MAX = 60_000;

  private final TargetOptions options;
  private final MVStore store;
  private final MVMap<byte[], byte[]> map;

  MvStoreTarget(Path folder, TargetOptions options) {
    this.options = options;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    MVStore.Builder builder =
        new MVStore.Builder()
            .fileName(folder.resolve("entries.mv").toString())
            .cacheSize((int) (options.memoryBytes() >> 20))
            .autoCommitBufferSize((int) (options.memtableBytes() >> 10));
    store = (options.compression() == Compression.NONE ? builder : builder.compress()).open();
    map =
        store.openMap(
            "entries",
            new MVMap.Builder<byte[], byte[]>()
                .keyType(ByteArrayDataType.INSTANCE)
                .valueType(ByteArrayDataType.INSTANCE));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String settings() {
    return "%d MiB cache on the Java heap, %s, commits by itself after %d ms or %d MiB (so kill -9 may lose a second), commit and sync for a durable write, through the page cache, bytes written unknown"
        .formatted(
            options.memoryBytes() >> 20,
            options.compression() == Compression.NONE ? "no compression" : "LZF",
            store.getAutoCommitDelay(),
            options.memtableBytes() >> 20);
  }

  @Override
  public void put(byte[] key, byte[] value, Durability durability) {
    map.put(key.clone(), value.clone());
    syncFor(durability);
  }

  private void syncFor(Durability durability) {
    switch (durability) {
      case BUFFERED -> {}
      case DURABLE -> {
        store.commit();
        store.sync();
      }
    }
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
    return map.get(((MvStoreView) at).root.root, key);
  }

  @Override
  public Batch batch() {
    return new MvStoreBatch(new ArrayList<>());
  }

  @Override
  public View view() {
    MVStore.TxCounter usage = store.registerVersionUsage();
    return new MvStoreView(store, usage, map.flushAndGetRoot());
  }

  @Override
  public Walk walk(KeyRange range, @Nullable View at) {
    return new MvStoreWalk(
        map, at == null ? map.flushAndGetRoot() : ((MvStoreView) at).root, range);
  }

  @Override
  public void flush() {
    store.commit();
  }

  @Override
  public void compact() {
    store.commit();
    store.compactFile(COMPACT_MILLIS_MAX);
  }

  @Override
  public boolean isIdle() {
    return !store.hasUnsavedChanges();
  }

  @Override
  public Figures figures() {
    return new Figures(0, store.getFileStore().size(), 0, 0, 0, 0);
  }

  @Override
  public @Nullable ZoneMap zones() {
    return null;
  }

  @Override
  public void close() {
    store.close();
  }

  /// Pages are copied when they change, so a root is a moment; the usage keeps its pages in the
  /// file.
  private record MvStoreView(
      MVStore store, MVStore.TxCounter usage, RootReference<byte[], byte[]> root) implements View {
    @Override
    public void close() {
      store.deregisterVersionUsage(usage);
    }
  }

  private final class MvStoreBatch implements Batch {
    private final List<Runnable> changes;

    MvStoreBatch(List<Runnable> changes) {
      this.changes = changes;
    }

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
      syncFor(durability);
    }

    @Override
    public void close() {}
  }

  /// MVStore's cursors go one way: to turn is to open another one.
  private static final class MvStoreWalk implements Walk {
    private final MVMap<byte[], byte[]> map;
    private final RootReference<byte[], byte[]> root;
    private final byte @Nullable [] from;
    private final byte @Nullable [] to;
    private @Nullable Cursor<byte[], byte[]> cursor;
    private boolean backwards;
    private boolean valid;

    MvStoreWalk(MVMap<byte[], byte[]> map, RootReference<byte[], byte[]> root, KeyRange range) {
      this.map = map;
      this.root = root;
      this.from = range.from();
      this.to = range.to();
    }

    private void start(byte @Nullable [] key, boolean goingBackwards) {
      cursor = map.cursor(root, key, null, goingBackwards);
      backwards = goingBackwards;
      step();
    }

    private void step() {
      valid = cursor.hasNext();
      if (valid) {
        byte[] key = cursor.next();
        valid =
            (from == null || Arrays.compareUnsigned(key, from) >= 0)
                && (to == null || Arrays.compareUnsigned(key, to) < 0);
      }
    }

    @Override
    public void seek(byte[] key) {
      start(from != null && Arrays.compareUnsigned(key, from) < 0 ? from : key, false);
    }

    @Override
    public void seekForPrev(byte[] key) {
      if (to != null && Arrays.compareUnsigned(key, to) >= 0) {
        last();
      } else {
        start(key, true);
      }
    }

    @Override
    public void first() {
      start(from, false);
    }

    @Override
    public void last() {
      start(to, true);
      if (to != null && !valid && Arrays.equals(cursor.getKey(), to)) {
        step();
      }
    }

    @Override
    public void next() {
      move(false);
    }

    @Override
    public void prev() {
      move(true);
    }

    private void move(boolean goingBackwards) {
      if (backwards != goingBackwards) {
        start(cursor.getKey(), goingBackwards);
      }
      step();
    }

    @Override
    public boolean isValid() {
      return valid;
    }

    @Override
    public byte[] key() {
      return cursor.getKey();
    }

    @Override
    public byte[] value() {
      return cursor.getValue();
    }

    @Override
    public int copy(Scratch scratch) {
      byte[] key = cursor.getKey();
      byte[] value = cursor.getValue();
      scratch.buffer().put(key);
      scratch.buffer().put(value);
      return key.length + value.length;
    }

    @Override
    public void close() {}
  }
}
