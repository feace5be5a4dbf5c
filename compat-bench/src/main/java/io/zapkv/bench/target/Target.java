package io.zapkv.bench.target;

import io.zapkv.api.Durability;
import io.zapkv.api.KeyRange;
import io.zapkv.api.ZoneMap;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// An ordered key-value store, as benchmarks and differential tests see it. Keys are ordered as
/// unsigned bytes.
///
/// **Threading.** Any number of threads.
///
/// **Memory.** Arrays given are copied before a method returns, so that a driver can fill the same
/// one again.
///
/// **Failures.** What the store throws, unchecked.
public interface Target extends AutoCloseable {
  /// The name it is asked for by: `zapkv`, `rocksdb`, `map`, or what a [TargetProvider] says.
  String name();

  /// How it is set up, in one line for people.
  String settings();

  /// Sets `key` to `value`.
  void put(byte[] key, byte[] value, Durability durability);

  /// The same with the durability that the store has by itself; BUFFERED where it has none.
  default void put(byte[] key, byte[] value) {
    put(key, value, Durability.BUFFERED);
  }

  /// The same with memory segments.
  default void put(MemorySegment key, MemorySegment value) {
    put(key.toArray(ValueLayout.JAVA_BYTE), value.toArray(ValueLayout.JAVA_BYTE));
  }

  /// Removes `key`.
  void delete(byte[] key);

  /// The value of `key` now, or null.
  byte @Nullable [] get(byte[] key);

  /// Copies the value of `key` now into `target`.
  ///
  /// @return its length in bytes, or -1 where there is none; where it is more than `target` holds,
  ///   what `target` holds then is anything
  default int get(MemorySegment key, MemorySegment target) {
    byte[] value = get(key.toArray(ValueLayout.JAVA_BYTE));
    return value == null ? -1 : copyInto(target, value);
  }

  private static int copyInto(MemorySegment target, byte[] bytes) {
    int count = (int) Math.min(bytes.length, target.byteSize());
    MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, 0, count);
    return bytes.length;
  }

  /// The value of `key` at a view, or null.
  byte @Nullable [] get(byte[] key, View at);

  /// An empty batch, to be filled, written and cleared again and again.
  Batch batch();

  /// The store as it is now.
  View view();

  /// A walk over the keys of `range` as of `at`, or as of now where that is null.
  Walk walk(KeyRange range, @Nullable View at);

  /// Writes what is in memory to tables and waits for it.
  void flush();

  /// Merges everything and waits for it.
  void compact();

  /// Whether no background work is running or due.
  boolean isIdle();

  /// What it has done since it was opened, and what it takes now.
  Figures figures();

  /// What each zone of its device holds; null where it has no zones.
  @Nullable ZoneMap zones();

  @Override
  void close();

  /// A moment of the store that reads can be made at.
  interface View extends AutoCloseable {
    @Override
    void close();
  }

  /// Changes that happen together.
  interface Batch extends AutoCloseable {
    /// Adds: set `key` to `value`.
    void put(byte[] key, byte[] value);

    /// Adds: remove `key`.
    void delete(byte[] key);

    /// Does all of it at once, and forgets it.
    void write(Durability durability);

    /// The same with the durability that the store has by itself; BUFFERED where it has none.
    default void write() {
      write(Durability.BUFFERED);
    }

    @Override
    void close();
  }

  /// A place among the keys of a range.
  interface Walk extends AutoCloseable {
    /// To the first key at or after `key`.
    void seek(byte[] key);

    /// To the last key at or before `key`.
    void seekForPrev(byte[] key);

    /// To the first key.
    void first();

    /// To the last key.
    void last();

    /// One up. Requires: valid.
    void next();

    /// One down. Requires: valid.
    void prev();

    /// Whether it stands on an entry.
    boolean isValid();

    /// The key it stands on.
    byte[] key();

    /// The value it stands on.
    byte[] value();

    /// Copies as much of the key it stands on as `target` holds.
    ///
    /// @return the length of the whole key in bytes
    default int key(MemorySegment target) {
      return copyInto(target, key());
    }

    /// Copies as much of the value it stands on as `target` holds.
    ///
    /// @return the length of the whole value in bytes
    default int value(MemorySegment target) {
      return copyInto(target, value());
    }

    /// Copies key and value into `scratch` and allocates nothing, as a scan would that uses each
    /// entry at once.
    ///
    /// @return their length together, in bytes
    int copy(Scratch scratch);

    @Override
    void close();
  }
}
