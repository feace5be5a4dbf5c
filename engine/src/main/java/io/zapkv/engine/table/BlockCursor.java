package io.zapkv.engine.table;

import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.Trailer;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Walks the entries of one block in both directions.
///
/// Backwards, the entries since the restart are listed once, and an entry's key is made of the one
/// behind it: what the two share is there already, the rest is in its suffix, or in suffixes
/// before.
///
/// ```
///   key      shared  suffix      from "abf" back to "abdz": 2 bytes are there,
///   abcd          0  abcd        of its own suffix "z" is the last one;
///   abdx          2  dx          "d" is missing, and the entry before has it
///   abdz          3  z
///   abf           2  f
/// ```
///
/// **Threading.** One thread at a time.
///
/// **Memory.** Keys are put together in the buffer given at construction; values are in the block.
///
/// **Failures.** As [BlockReader].
final class BlockCursor implements InternalCursor {
  private static final int ENTRIES_USUAL = 16;

  private final BlockReader reader = new BlockReader();
  private final GrowingBuffer key;
  private int keyLength;

  // Where entries begin, from a restart up to the one before the current; none after a step
  // forward.
  private int[] listed = new int[ENTRIES_USUAL];
  private int listedCount;

  BlockCursor(GrowingBuffer key) {
    this.key = key;
  }

  /// Moves to the block of `length` bytes at `offset`, to no entry of it.
  void open(MemorySegment segment, long offset, int length, long tableId, int ordinal) {
    reader.open(segment, offset, length, tableId, ordinal);
  }

  @Override
  public boolean isValid() {
    return reader.isValid();
  }

  @Override
  public void first() {
    keyLength = 0;
    step(0);
  }

  @Override
  public void last() {
    list(reader.restartCount() - 1, reader.entriesEnd());
    stepBack(0);
  }

  @Override
  public void seek(MemorySegment target, long offset, int length, long sequence) {
    reader.seek(target, offset, length, sequence);
    if (reader.isValid()) {
      int found = reader.entry();
      int restart = reader.restartAtOrBelow(found);
      keyLength = 0;
      step(reader.restartOffset(restart));
      while (reader.entry() < found) {
        step(reader.next());
      }
    }
  }

  @Override
  public void next() {
    if (reader.hasNext()) {
      step(reader.next());
    } else {
      reader.toEnd();
    }
  }

  @Override
  public void prev() {
    int now = reader.entry();
    if (now == 0) {
      reader.toEnd();
      return;
    }
    int kept = reader.shared();
    if (listedCount == 0) {
      list(reader.restartAtOrBelow(now - 1), now);
    }
    stepBack(kept);
  }

  @Override
  public MemorySegment keySegment() {
    return key.segment();
  }

  @Override
  public long keyOffset() {
    return 0;
  }

  @Override
  public int keyLength() {
    return keyLength;
  }

  @Override
  public long sequence() {
    return Trailer.sequence(reader.trailer());
  }

  @Override
  public int kind() {
    return Trailer.kind(reader.trailer());
  }

  @Override
  public MemorySegment valueSegment() {
    return reader.block();
  }

  @Override
  public long valueOffset() {
    return reader.valueOffset();
  }

  @Override
  public int valueLength() {
    return reader.valueLength();
  }

  @Override
  public void close() {
    reader.forget();
  }

  /// Compares the entry's key with another.
  int compareKey(MemorySegment other, long offset, int length) {
    return Keys.compare(key.segment(), 0, keyLength, other, offset, length);
  }

  /// Lists the entries from restart `restart` on to the one that ends at `end`.
  private void list(int restart, int end) {
    listedCount = 0;
    reader.decodeRestart(restart);
    int length = reader.suffixLength();
    note(reader.entry());
    while (reader.next() < end) {
      reader.decode(reader.next());
      requireShared(length);
      length = reader.shared() + reader.suffixLength();
      note(reader.entry());
    }
    if (reader.next() != end) {
      listedCount = 0;
      throw reader.corrupt("an entry that ends at " + end, "one that ends at " + reader.next());
    }
  }

  private void note(int offset) {
    if (listedCount == listed.length) {
      listed = Arrays.copyOf(listed, 2 * listedCount);
    }
    listed[listedCount++] = offset;
  }

  /// Moves to the last entry listed; the first `kept` bytes of its key are there.
  private void stepBack(int kept) {
    int at = --listedCount;
    reader.decode(listed[at]);
    keyLength = reader.shared() + reader.suffixLength();
    key.keep(kept, keyLength);
    copySuffix(Integer.MAX_VALUE);
    int missing = reader.shared();
    if (missing > kept) {
      for (int before = at - 1; missing > kept; before--) {
        reader.decode(listed[before]);
        copySuffix(missing);
        missing = Math.min(missing, reader.shared());
      }
      reader.decode(listed[at]);
    }
  }

  /// Copies what the entry's suffix has of the first `end` bytes of its key.
  private void copySuffix(int end) {
    int length = Math.min(reader.suffixLength(), end - reader.shared());
    if (length > 0) {
      MemorySegment.copy(
          reader.block(), reader.suffixOffset(), key.segment(), reader.shared(), length);
    }
  }

  /// Decodes the entry at `offset`, which follows the one whose key is held.
  private void step(int offset) {
    listedCount = 0;
    reader.decode(offset);
    requireShared(keyLength);
    // Lengths were checked against the block, so their sum is no more than its bytes and the key's.
    keyLength = reader.shared() + reader.suffixLength();
    key.keep(reader.shared(), keyLength);
    MemorySegment.copy(
        reader.block(),
        reader.suffixOffset(),
        key.segment(),
        reader.shared(),
        reader.suffixLength());
  }

  private void requireShared(int most) {
    if (reader.shared() > most) {
      throw reader.corrupt("at most " + most + " shared bytes", Integer.toString(reader.shared()));
    }
  }
}
