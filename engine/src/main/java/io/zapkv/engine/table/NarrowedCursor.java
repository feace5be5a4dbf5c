package io.zapkv.engine.table;

import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.Trailer;
import java.lang.foreign.MemorySegment;

/// Walks what counts of a table whose first keys were merged into others.
///
/// **Threading.** One thread at a time.
///
/// **Failures.** What the table throws; the cursor is invalid then.
public final class NarrowedCursor implements InternalCursor {
  private final InternalCursor whole;
  private final byte[] smallest;
  private boolean valid;

  /// A cursor over the entries of `whole` from the key `smallest` on, standing nowhere.
  ///
  /// @param whole closed with this one
  public NarrowedCursor(InternalCursor whole, byte[] smallest) {
    this.whole = whole;
    this.smallest = smallest;
  }

  @Override
  public boolean isValid() {
    return valid;
  }

  @Override
  public void first() {
    valid = false;
    whole.seek(MemorySegment.ofArray(smallest), 0, smallest.length, Trailer.SEQUENCE_MAX);
    valid = whole.isValid();
  }

  @Override
  public void last() {
    valid = false;
    whole.last();
    valid = counts();
  }

  @Override
  public void seek(MemorySegment key, long keyOffset, int keyLength, long sequence) {
    if (Keys.compare(smallest, key, keyOffset, keyLength) > 0) {
      first();
      return;
    }
    valid = false;
    whole.seek(key, keyOffset, keyLength, sequence);
    valid = whole.isValid();
  }

  @Override
  public void next() {
    valid = false;
    whole.next();
    valid = whole.isValid();
  }

  @Override
  public void prev() {
    valid = false;
    whole.prev();
    valid = counts();
  }

  private boolean counts() {
    return whole.isValid()
        && Keys.compare(smallest, whole.keySegment(), whole.keyOffset(), whole.keyLength()) <= 0;
  }

  @Override
  public MemorySegment keySegment() {
    return whole.keySegment();
  }

  @Override
  public long keyOffset() {
    return whole.keyOffset();
  }

  @Override
  public int keyLength() {
    return whole.keyLength();
  }

  @Override
  public long sequence() {
    return whole.sequence();
  }

  @Override
  public int kind() {
    return whole.kind();
  }

  @Override
  public MemorySegment valueSegment() {
    return whole.valueSegment();
  }

  @Override
  public long valueOffset() {
    return whole.valueOffset();
  }

  @Override
  public int valueLength() {
    return whole.valueLength();
  }

  @Override
  public void close() {
    valid = false;
    whole.close();
  }
}
