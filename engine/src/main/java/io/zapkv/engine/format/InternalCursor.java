package io.zapkv.engine.format;

import java.lang.foreign.MemorySegment;

/// Walks entries in internal order: user keys ascending as unsigned bytes, and for one user key the
/// newest sequence first.
///
/// **Threading.** One thread at a time.
///
/// **Memory.** Key and value are given as (segment, offset, length) so that a step allocates
/// nothing; they are good until the cursor moves or closes.
public interface InternalCursor extends AutoCloseable {
  boolean isValid();

  void first();

  void last();

  /// Moves to the first entry at or after (`key`, `sequence`) in internal order: the newest entry
  /// of `key` whose sequence is at most `sequence`, or else the first entry of a later key.
  void seek(MemorySegment key, long keyOffset, int keyLength, long sequence);

  void next();

  void prev();

  MemorySegment keySegment();

  long keyOffset();

  int keyLength();

  /// The entry's sequence, see [Trailer].
  long sequence();

  /// The entry's [ValueKind] code, flags included.
  int kind();

  MemorySegment valueSegment();

  long valueOffset();

  int valueLength();

  @Override
  void close();
}
