package io.zapkv.api;

import java.lang.foreign.MemorySegment;

/// A place among the keys of a range, in unsigned byte order, that moves both ways.
///
/// ```
///   (before the first) ◄─ prev ─ a ─ next ─► b ─ next ─► c ─ next ─► (after the last)
/// ```
///
/// A new cursor stands nowhere; `first`, `last`, `seek` or `seekForPrev` places it. Moving off
/// either end leaves it invalid, and only placing it again makes it valid. A cursor never leaves
/// its range: a seek to a key outside is a seek to the nearest key inside in the direction of the
/// seek.
///
/// It shows the store as of one moment: the snapshot it was opened at, or else the moment it was
/// opened. Writes that come later do not show.
///
/// **Threading.** One thread at a time.
///
/// **Memory.** Holds on to what it stands on: close it. Moving allocates nothing.
///
/// **Failures.** `key`, `value`, `next` and `prev` of an invalid cursor throw
/// [IllegalStateException]. Every method but `close` throws [ClosedException] once the store is
/// closed, [CorruptionException] where what is read is damaged, [DeviceException] where it cannot
/// be read; after one of these the cursor is invalid.
public interface Cursor extends AutoCloseable {
  /// Moves to the first key at or after `key`.
  void seek(byte[] key);

  /// Moves to the last key at or before `key`.
  void seekForPrev(byte[] key);

  /// Moves to the first key of the range.
  void first();

  /// Moves to the last key of the range.
  void last();

  /// Moves to the next key up.
  void next();

  /// Moves to the next key down.
  void prev();

  /// Whether the cursor stands on an entry.
  boolean isValid();

  /// A copy of the key it stands on.
  byte[] key();

  /// A copy of the value it stands on.
  byte[] value();

  /// Copies the key it stands on into `target` and allocates nothing.
  ///
  /// @return the length of the key in bytes; where that is more than `target` holds, `target` was
  ///   filled with as much as fits
  int key(MemorySegment target);

  /// Copies the value it stands on into `target` and allocates nothing.
  ///
  /// @return the length of the value in bytes; where that is more than `target` holds, `target` was
  ///   filled with as much as fits
  int value(MemorySegment target);

  /// Lets go. Closing twice, or after the store, does nothing.
  @Override
  void close();
}
