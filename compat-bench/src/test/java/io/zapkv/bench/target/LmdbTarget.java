package io.zapkv.bench.target;

import io.zapkv.api.Durability;
import io.zapkv.api.KeyRange;
import io.zapkv.api.ZoneMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.ByteBufferProxy;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.EnvInfo;
import org.lmdbjava.GetOp;
import org.lmdbjava.Txn;

/// LMDB through LMDBJava, set up by somebody who wants it to win.
///
/// Read transactions and their cursors are kept and renewed, since making one costs more than what
/// it reads. Each write, or each batch, is one transaction. They are not synced one by one
/// (MDB_NOSYNC), since a write need only survive the process; a durable one is followed by a sync.
/// That leaves out what MDB_NOSYNC gives up besides: a power cut between syncs may take the file.
///
/// LMDB has no cache and no compression of its own, and reads through the page cache always.
///
/// **Threading.** As [Target] wants; writers take turns inside LMDB. A view belongs to one thread.
///
/// **Bounds.** Keys of 1 to 511 bytes.
final class LmdbTarget implements Target {
  static final String NAME = "lmdb";

  /// Address space only: the file grows as it is written.
  private static final long MAP_BYTES = 64L << 30;

  private static final int READERS_MAX = 1024;
  private static final int KEY_BYTES_MAX = 511;

  private final Env<ByteBuffer> env;
  private final Dbi<ByteBuffer> entries;
  private final ThreadLocal<Deque<Reader>> idle = ThreadLocal.withInitial(ArrayDeque::new);
  private final ThreadLocal<ByteBuffer> writeKey =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(KEY_BYTES_MAX));
  private final Queue<Reader> readers = new ConcurrentLinkedQueue<>();
  private final TargetOptions options;

  LmdbTarget(Path folder, TargetOptions options) {
    this.options = options;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    env =
        Env.create(ByteBufferProxy.PROXY_OPTIMAL)
            .setMapSize(MAP_BYTES)
            .setMaxReaders(READERS_MAX)
            .open(folder.toFile(), EnvFlags.MDB_NOSYNC, EnvFlags.MDB_NOTLS);
    entries = env.openDbi((String) null);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String settings() {
    return "map of %d GiB in the page cache beside the %d MiB of the others, NOSYNC with one sync after a durable write, NOTLS with read transactions renewed, one transaction a write or batch, %s proxy, no compression, bytes written unknown"
        .formatted(
            MAP_BYTES >> 30,
            options.memoryBytes() >> 20,
            ByteBufferProxy.PROXY_OPTIMAL.getClass().getSimpleName());
  }

  @Override
  public void put(byte[] key, byte[] value, Durability durability) {
    try (Txn<ByteBuffer> txn = env.txnWrite()) {
      put(txn, key, value);
      txn.commit();
    }
    syncFor(durability);
  }

  @Override
  public void delete(byte[] key) {
    try (Txn<ByteBuffer> txn = env.txnWrite()) {
      entries.delete(txn, fill(writeKey.get(), key));
      txn.commit();
    }
  }

  private void put(Txn<ByteBuffer> txn, byte[] key, byte[] value) {
    entries.reserve(txn, fill(writeKey.get(), key), value.length).put(value);
  }

  private void syncFor(Durability durability) {
    switch (durability) {
      case BUFFERED -> {}
      case DURABLE -> env.sync(true);
    }
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    Reader reader = take();
    try {
      return reader.get(key);
    } finally {
      giveBack(reader);
    }
  }

  @Override
  public byte @Nullable [] get(byte[] key, View at) {
    return ((LmdbView) at).reader.get(key);
  }

  @Override
  public Batch batch() {
    return new LmdbBatch(new ArrayList<>());
  }

  @Override
  public View view() {
    return new LmdbView(take());
  }

  @Override
  public Walk walk(KeyRange range, @Nullable View at) {
    if (at != null) {
      Reader reader = ((LmdbView) at).reader;
      return new LmdbWalk(range, entries.openCursor(reader.txn), reader.key, Cursor::close);
    }
    Reader reader = take();
    reader.cursor.renew(reader.txn);
    return new LmdbWalk(range, reader.cursor, reader.key, _ -> giveBack(reader));
  }

  private Reader take() {
    Reader reader = idle.get().poll();
    if (reader == null) {
      reader = new Reader();
      readers.add(reader);
    } else {
      reader.txn.renew();
    }
    return reader;
  }

  private void giveBack(Reader reader) {
    reader.txn.reset();
    idle.get().push(reader);
  }

  @Override
  public void flush() {
    env.sync(true);
  }

  /// LMDB writes no page twice for order's sake: there is nothing to merge.
  @Override
  public void compact() {
    flush();
  }

  @Override
  public boolean isIdle() {
    return true;
  }

  @Override
  public Figures figures() {
    EnvInfo info = env.info();
    return new Figures(0, (info.lastPageNumber + 1) * env.stat().pageSize, 0, 0, 0, 0);
  }

  @Override
  public @Nullable ZoneMap zones() {
    return null;
  }

  @Override
  public void close() {
    readers.forEach(Reader::close);
    env.close();
  }

  private static ByteBuffer fill(ByteBuffer buffer, byte[] bytes) {
    return buffer.clear().put(bytes).flip();
  }

  private static byte[] copy(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(buffer.position(), bytes);
    return bytes;
  }

  /// A read transaction with what is used in it.
  private final class Reader {
    final Txn<ByteBuffer> txn = env.txnRead();
    final Cursor<ByteBuffer> cursor = entries.openCursor(txn);
    final ByteBuffer key = ByteBuffer.allocateDirect(KEY_BYTES_MAX);

    byte @Nullable [] get(byte[] wanted) {
      ByteBuffer value = entries.get(txn, fill(key, wanted));
      return value == null ? null : copy(value);
    }

    void close() {
      cursor.close();
      txn.close();
    }
  }

  private final class LmdbView implements View {
    final Reader reader;

    LmdbView(Reader reader) {
      this.reader = reader;
    }

    @Override
    public void close() {
      giveBack(reader);
    }
  }

  private record Change(byte[] key, byte @Nullable [] value) {}

  private final class LmdbBatch implements Batch {
    private final List<Change> changes;

    LmdbBatch(List<Change> changes) {
      this.changes = changes;
    }

    @Override
    public void put(byte[] key, byte[] value) {
      changes.add(new Change(key.clone(), value.clone()));
    }

    @Override
    public void delete(byte[] key) {
      changes.add(new Change(key.clone(), null));
    }

    @Override
    public void write(Durability durability) {
      try (Txn<ByteBuffer> txn = env.txnWrite()) {
        for (Change change : changes) {
          if (change.value == null) {
            entries.delete(txn, fill(writeKey.get(), change.key));
          } else {
            LmdbTarget.this.put(txn, change.key, change.value);
          }
        }
        txn.commit();
      }
      syncFor(durability);
      changes.clear();
    }

    @Override
    public void close() {}
  }

  private interface CursorRelease {
    void release(Cursor<ByteBuffer> cursor);
  }

  private static final class LmdbWalk implements Walk {
    private final byte @Nullable [] from;
    private final byte @Nullable [] to;
    private final Cursor<ByteBuffer> cursor;
    private final CursorRelease release;
    private final ByteBuffer key;
    private boolean valid;

    LmdbWalk(KeyRange range, Cursor<ByteBuffer> cursor, ByteBuffer key, CursorRelease release) {
      this.from = range.from();
      this.to = range.to();
      this.cursor = cursor;
      this.key = key;
      this.release = release;
    }

    @Override
    public void seek(byte[] wanted) {
      byte[] first = from != null && Arrays.compareUnsigned(wanted, from) < 0 ? from : wanted;
      valid = isInRange(cursor.get(fill(key, first), GetOp.MDB_SET_RANGE));
    }

    @Override
    public void seekForPrev(byte[] wanted) {
      if (to != null && Arrays.compareUnsigned(wanted, to) >= 0) {
        last();
      } else {
        boolean found = cursor.get(fill(key, wanted), GetOp.MDB_SET_RANGE);
        boolean isThere = found && cursor.key().equals(fill(key, wanted));
        valid = isInRange(isThere || (found ? cursor.prev() : cursor.last()));
      }
    }

    @Override
    public void first() {
      if (from == null) {
        valid = isInRange(cursor.first());
      } else {
        seek(from);
      }
    }

    @Override
    public void last() {
      boolean isBeyond = to != null && cursor.get(fill(key, to), GetOp.MDB_SET_RANGE);
      valid = isInRange(isBeyond ? cursor.prev() : cursor.last());
    }

    @Override
    public void next() {
      valid = isInRange(cursor.next());
    }

    @Override
    public void prev() {
      valid = isInRange(cursor.prev());
    }

    private boolean isInRange(boolean found) {
      if (!found || (from == null && to == null)) {
        return found;
      }
      byte[] at = key();
      return (from == null || Arrays.compareUnsigned(at, from) >= 0)
          && (to == null || Arrays.compareUnsigned(at, to) < 0);
    }

    @Override
    public boolean isValid() {
      return valid;
    }

    @Override
    public byte[] key() {
      return LmdbTarget.copy(cursor.key());
    }

    @Override
    public byte[] value() {
      return LmdbTarget.copy(cursor.val());
    }

    @Override
    public int copy(Scratch scratch) {
      ByteBuffer keyThere = cursor.key();
      ByteBuffer valueThere = cursor.val();
      int keyBytes = keyThere.remaining();
      int valueBytes = valueThere.remaining();
      scratch.buffer().put(0, keyThere, 0, keyBytes);
      scratch.buffer().put(0, valueThere, 0, valueBytes);
      return keyBytes + valueBytes;
    }

    @Override
    public void close() {
      release.release(cursor);
    }
  }
}
