package io.zapkv.bench.target;

import io.zapkv.api.Compression;
import io.zapkv.api.Durability;
import io.zapkv.api.KeyRange;
import io.zapkv.api.ZoneMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.HistogramType;
import org.rocksdb.HyperClockCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;
import org.rocksdb.Statistics;
import org.rocksdb.TickerType;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteBufferManager;
import org.rocksdb.WriteOptions;

/// RocksDB, set up by somebody who wants it to win.
///
/// Four write buffers, LZ4, full Bloom filters, a HyperClock cache, dynamic level sizes and two
/// background jobs; its log is on. Write buffers are charged to the cache, so that the two together
/// stay within the memory that ZapKV gets; filters and indexes come on top. Its statistics count
/// and do not time.
public final class RocksTarget implements Target {
  /// The name it is asked for by.
  public static final String NAME = "rocksdb";

  private static final int WRITE_BUFFERS = 4;
  private static final int BACKGROUND_JOBS = 2;

  static {
    RocksDB.loadLibrary();
  }

  private final Path folder;
  private final TargetOptions options;
  private final Deque<AbstractNativeReference> owned = new ArrayDeque<>();
  private final Statistics statistics;
  private final HyperClockCache cache;
  private final RocksDB db;
  private final ReadOptions read;
  private final WriteOptions buffered;
  private final WriteOptions durable;

  /// Opens or creates the database in `folder`.
  public RocksTarget(Path folder, TargetOptions options) {
    this.folder = folder;
    this.options = options;
    this.statistics = own(new Statistics(EnumSet.allOf(HistogramType.class)));
    this.cache = own(new HyperClockCache(options.memoryBytes(), 0, -1, false));
    this.read = own(new ReadOptions());
    this.buffered = own(new WriteOptions());
    this.durable = own(new WriteOptions().setSync(true));
    try {
      Files.createDirectories(folder);
      this.db = RocksDB.open(dbOptions(), folder.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RocksDBException e) {
      throw new RocksFailure("open", e);
    }
  }

  private Options dbOptions() {
    var table =
        new BlockBasedTableConfig()
            .setBlockSize(TargetOptions.BLOCK_BYTES)
            .setBlockCache(cache)
            .setFilterPolicy(own(new BloomFilter(options.filterBitsPerKey(), false)))
            .setFormatVersion(6);
    long bufferBytes = Math.min(WRITE_BUFFERS * options.memtableBytes(), options.memoryBytes() / 2);
    return own(new Options())
        .setCreateIfMissing(true)
        .setTableFormatConfig(table)
        .setWriteBufferSize(options.memtableBytes())
        .setMaxWriteBufferNumber(WRITE_BUFFERS)
        .setWriteBufferManager(own(new WriteBufferManager(bufferBytes, cache)))
        .setLevelCompactionDynamicLevelBytes(true)
        .setMaxBackgroundJobs(BACKGROUND_JOBS)
        .setUseDirectReads(options.direct())
        .setUseDirectIoForFlushAndCompaction(options.direct())
        .setCompressionType(
            switch (options.compression()) {
              case Compression.NONE -> CompressionType.NO_COMPRESSION;
              case Compression.LZ4 -> CompressionType.LZ4_COMPRESSION;
            })
        .setStatistics(statistics);
  }

  private <T extends AbstractNativeReference> T own(T reference) {
    owned.push(reference);
    return reference;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String settings() {
    return "%d MiB HyperClock cache that %d x %d MiB write buffers are charged to, %s, filter of %d bits a key, %d-byte blocks, dynamic level sizes, %d background jobs, %s, log on"
        .formatted(
            options.memoryBytes() >> 20,
            WRITE_BUFFERS,
            options.memtableBytes() >> 20,
            options.compression(),
            options.filterBitsPerKey(),
            TargetOptions.BLOCK_BYTES,
            BACKGROUND_JOBS,
            options.direct() ? "direct I/O" : "through the page cache");
  }

  @Override
  public void put(byte[] key, byte[] value, Durability durability) {
    try {
      db.put(writeOptions(durability), key, value);
    } catch (RocksDBException e) {
      throw new RocksFailure("put", e);
    }
  }

  @Override
  public void delete(byte[] key) {
    try {
      db.delete(buffered, key);
    } catch (RocksDBException e) {
      throw new RocksFailure("delete", e);
    }
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    try {
      return db.get(read, key);
    } catch (RocksDBException e) {
      throw new RocksFailure("get", e);
    }
  }

  @Override
  public byte @Nullable [] get(byte[] key, View at) {
    try (var atView = new ReadOptions().setSnapshot(((RocksView) at).snapshot)) {
      return db.get(atView, key);
    } catch (RocksDBException e) {
      throw new RocksFailure("get", e);
    }
  }

  @Override
  public Batch batch() {
    return new RocksBatch(new WriteBatch());
  }

  @Override
  public View view() {
    return new RocksView(db.getSnapshot());
  }

  @Override
  public Walk walk(KeyRange range, @Nullable View at) {
    return new RocksWalk(range, at == null ? null : ((RocksView) at).snapshot);
  }

  @Override
  public void flush() {
    try (var wait = new FlushOptions().setWaitForFlush(true)) {
      db.flush(wait);
    } catch (RocksDBException e) {
      throw new RocksFailure("flush", e);
    }
  }

  @Override
  public void compact() {
    flush();
    try {
      db.compactRange();
    } catch (RocksDBException e) {
      throw new RocksFailure("compact", e);
    }
  }

  @Override
  public boolean isIdle() {
    return property("rocksdb.num-running-compactions")
            + property("rocksdb.num-running-flushes")
            + property("rocksdb.compaction-pending")
            + property("rocksdb.mem-table-flush-pending")
        == 0;
  }

  @Override
  public Figures figures() {
    return new Figures(
        statistics.getTickerCount(TickerType.WAL_FILE_BYTES)
            + statistics.getTickerCount(TickerType.FLUSH_WRITE_BYTES)
            + statistics.getTickerCount(TickerType.COMPACT_WRITE_BYTES),
        folderBytes(),
        cache.getUsage() + property("rocksdb.estimate-table-readers-mem"),
        0,
        0,
        0);
  }

  @Override
  public @Nullable ZoneMap zones() {
    return null;
  }

  @Override
  public void close() {
    db.close();
    while (!owned.isEmpty()) {
      owned.pop().close();
    }
  }

  private WriteOptions writeOptions(Durability durability) {
    return switch (durability) {
      case BUFFERED -> buffered;
      case DURABLE -> durable;
    };
  }

  private long property(String name) {
    try {
      return db.getLongProperty(name);
    } catch (RocksDBException e) {
      throw new RocksFailure(name, e);
    }
  }

  private long folderBytes() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.mapToLong(RocksTarget::sizeOrGone).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// RocksDB deletes files while they are being listed.
  private static long sizeOrGone(Path file) {
    try {
      return Files.size(file);
    } catch (NoSuchFileException _) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class RocksView implements View {
    private final Snapshot snapshot;

    RocksView(Snapshot snapshot) {
      this.snapshot = snapshot;
    }

    @Override
    public void close() {
      db.releaseSnapshot(snapshot);
      snapshot.close();
    }
  }

  private final class RocksBatch implements Batch {
    private final WriteBatch batch;

    RocksBatch(WriteBatch batch) {
      this.batch = batch;
    }

    @Override
    public void put(byte[] key, byte[] value) {
      try {
        batch.put(key, value);
      } catch (RocksDBException e) {
        throw new RocksFailure("batch", e);
      }
    }

    @Override
    public void delete(byte[] key) {
      try {
        batch.delete(key);
      } catch (RocksDBException e) {
        throw new RocksFailure("batch", e);
      }
    }

    @Override
    public void write(Durability durability) {
      try {
        db.write(writeOptions(durability), batch);
        batch.clear();
      } catch (RocksDBException e) {
        throw new RocksFailure("write", e);
      }
    }

    @Override
    public void close() {
      batch.close();
    }
  }

  private final class RocksWalk implements Walk {
    private final boolean bounded;
    private final ReadOptions bounds;
    private final @Nullable Slice from;
    private final @Nullable Slice to;
    private final RocksIterator iterator;

    RocksWalk(KeyRange range, @Nullable Snapshot at) {
      byte[] fromKey = range.from();
      byte[] toKey = range.to();
      bounded = fromKey != null || toKey != null || at != null;
      bounds = bounded ? new ReadOptions() : read;
      from = fromKey == null ? null : new Slice(fromKey);
      to = toKey == null ? null : new Slice(toKey);
      if (from != null) {
        bounds.setIterateLowerBound(from);
      }
      if (to != null) {
        bounds.setIterateUpperBound(to);
      }
      if (at != null) {
        bounds.setSnapshot(at);
      }
      iterator = db.newIterator(bounds);
    }

    @Override
    public void seek(byte[] key) {
      iterator.seek(key);
    }

    @Override
    public void seekForPrev(byte[] key) {
      iterator.seekForPrev(key);
    }

    @Override
    public void first() {
      iterator.seekToFirst();
    }

    @Override
    public void last() {
      iterator.seekToLast();
    }

    @Override
    public void next() {
      iterator.next();
    }

    @Override
    public void prev() {
      iterator.prev();
    }

    @Override
    public boolean isValid() {
      if (iterator.isValid()) {
        return true;
      }
      try {
        iterator.status();
      } catch (RocksDBException e) {
        throw new RocksFailure("iterate", e);
      }
      return false;
    }

    @Override
    public byte[] key() {
      return iterator.key();
    }

    @Override
    public byte[] value() {
      return iterator.value();
    }

    @Override
    public int copy(Scratch scratch) {
      return iterator.key(scratch.buffer()) + iterator.value(scratch.buffer());
    }

    @Override
    public void close() {
      iterator.close();
      if (bounded) {
        bounds.close();
      }
      if (from != null) {
        from.close();
      }
      if (to != null) {
        to.close();
      }
    }
  }

  /// What RocksDB refused, unchecked.
  public static final class RocksFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RocksFailure(String operation, RocksDBException cause) {
      super("rocksdb " + operation + ": " + cause.getMessage(), cause);
    }
  }
}
