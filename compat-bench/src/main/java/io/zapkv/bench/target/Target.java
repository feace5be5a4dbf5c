package io.zapkv.bench.target;

import io.zapkv.api.Durability;
import io.zapkv.api.KeyRange;
import io.zapkv.api.ZoneMap;
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

  /// Removes `key`.
  void delete(byte[] key);

  /// The value of `key` now, or null.
  byte @Nullable [] get(byte[] key);

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

    /// Copies key and value into `scratch` and allocates nothing, as a scan would that uses each
    /// entry at once.
    ///
    /// @return their length together, in bytes
    int copy(Scratch scratch);

    @Override
    void close();
  }
}
