package io.zapkv.api;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// An ordered map from byte strings to byte strings that survives crashes.
///
/// Keys are ordered as unsigned bytes. A key may be empty; so may a value, and an empty value is
/// not the same as none.
///
/// **Threading.** Any number of threads, virtual ones included. A write that returned is seen by
/// every read that begins later, in any thread.
///
/// **Memory.** Arguments are copied before a method returns. The methods that take a
/// [MemorySegment] allocate nothing on the Java heap; the segment may be on the heap, native or
/// mapped.
///
/// **Bounds.** A key is at most 65,535 bytes, and key and value together are bounded by the device:
/// at least 512 bytes and 2 KiB on the smallest device, 65,535 bytes and some 500 KiB on the
/// default one. Beyond them a write throws [IllegalArgumentException] that names the limit, and a
/// read finds nothing.
///
/// **Failures.** Every method but `close` throws [ClosedException] after `close`. Writes throw
/// [OutOfSpaceException] where no room can be made, and [DeviceException] where the device failed;
/// after a failed durable write the store refuses all further writes with a [DeviceException] whose
/// cause is the first failure, while reads go on. Reads throw [CorruptionException] or
/// [DeviceException]; neither ever turns into "not there". A write that throws may or may not have
/// happened, but never in part. Null arguments throw [NullPointerException] unless said otherwise.
public interface ZapStore extends AutoCloseable {
  /// Sets `key` to `value`, with the durability of the store's options.
  void put(byte[] key, byte[] value);

  /// Sets `key` to `value`; when it returns, the write has survived what `durability` says.
  void put(byte[] key, byte[] value, Durability durability);

  /// Sets `key` to `value`, with the durability of the store's options; allocates nothing.
  void put(MemorySegment key, MemorySegment value);

  /// Removes `key`, with the durability of the store's options. It is no error if it is not there.
  void delete(byte[] key);

  /// Does all of `batch` at once, with the durability of the store's options. An empty batch does
  /// nothing.
  ///
  /// @throws IllegalArgumentException where the batch is larger than [StoreOptions#batchBytesMax]
  void write(WriteBatch batch);

  /// Does all of `batch` at once; when it returns, the batch has survived what `durability` says.
  /// An empty batch does nothing.
  ///
  /// @throws IllegalArgumentException where the batch is larger than [StoreOptions#batchBytesMax]
  void write(WriteBatch batch, Durability durability);

  /// The value of `key` now, or null where there is none.
  byte @Nullable [] get(byte[] key);

  /// The value of `key` at a snapshot, or null where there was none.
  ///
  /// @param at the moment to read at; null means now
  byte @Nullable [] get(byte[] key, @Nullable Snapshot at);

  /// Copies the value of `key` now into `target`; allocates nothing.
  ///
  /// @return the length of the value in bytes, or -1 where there is none; where the length is more
  ///   than `target` holds, the content of `target` is undefined and the call is repeated with a
  ///   larger one
  int get(MemorySegment key, MemorySegment target);

  /// The store as it is now, for reads that must agree with each other.
  Snapshot snapshot();

  /// A cursor over every key as of now. It stands nowhere until it is placed.
  Cursor cursor();

  /// A cursor over every key at a snapshot.
  ///
  /// @param at the moment to read at; null means now. The snapshot may be closed before the cursor
  Cursor cursor(@Nullable Snapshot at);

  /// A cursor over the keys of `range` at a snapshot.
  ///
  /// @param at the moment to read at; null means now. The snapshot may be closed before the cursor
  Cursor cursor(KeyRange range, @Nullable Snapshot at);

  /// Writes what is in memory to tables and waits for it; what was written before is then durable.
  void flush();

  /// Flushes, then merges every level into the last and waits for it: no version that nobody can
  /// see is left. Slow; for tests, and before a store is only read.
  void compact();

  /// Figures of the store now. Counts begin at opening.
  StoreStats stats();

  /// What each zone of the device holds now.
  ZoneMap zones();

  /// Ends background work, makes what was written durable, and lets go of the device. Cursors and
  /// snapshots still open become unusable. Closing twice does nothing.
  ///
  /// A write that another thread is at meanwhile returns, or ends in a [ClosedException]; then it
  /// may be there after the next opening, or not.
  @Override
  void close();
}
