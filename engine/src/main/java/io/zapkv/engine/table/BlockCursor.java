package io.zapkv.engine.table;

import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.Trailer;
import java.lang.foreign.MemorySegment;

/// Walks the entries of one block in both directions.
///
/// **Threading.** One thread at a time.
///
/// **Memory.** Keys are put together in the buffer given at construction; values are in the block.
///
/// **Failures.** As [BlockReader].
final class BlockCursor implements InternalCursor {
  private final BlockReader reader = new BlockReader();
  private final GrowingBuffer key;
  private int keyLength;

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
    walkTo(reader.restartCount() - 1, reader.entriesEnd());
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
    int before = reader.entry();
    if (before == 0) {
      reader.toEnd();
    } else {
      walkTo(reader.restartAtOrBelow(before - 1), before);
    }
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

  /// Stops at the entry that ends at `end`, reading from restart `restart` on.
  private void walkTo(int restart, int end) {
    keyLength = 0;
    step(reader.restartOffset(restart));
    while (reader.next() < end) {
      step(reader.next());
    }
    if (reader.next() != end) {
      throw reader.corrupt("an entry that ends at " + end, "one that ends at " + reader.next());
    }
  }

  /// Decodes the entry at `offset`, which follows the one whose key is held.
  private void step(int offset) {
    reader.decode(offset);
    if (reader.shared() > keyLength) {
      throw reader.corrupt(
          "at most " + keyLength + " shared bytes", Integer.toString(reader.shared()));
    }
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
}
