package io.zapkv.engine.read;

import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.ValueKind;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/// A cursor over a list, as treacherous as the contract allows: what it showed is overwritten as
/// soon as it moves or closes, and it refuses whatever an invalid cursor need not answer.
public final class ListCursor implements InternalCursor {
  private static final int INVALID = -1;

  private final List<Entry> entries;
  private int at = INVALID;
  private byte[] shownKey = new byte[0];
  private byte[] shownValue = new byte[0];
  private int steps;
  private boolean closed;

  /// A cursor over `entries`, which are in internal order.
  public ListCursor(List<Entry> entries) {
    this.entries = entries;
  }

  /// How often it was moved.
  public int steps() {
    return steps;
  }

  /// Whether it was closed.
  public boolean isClosed() {
    return closed;
  }

  @Override
  public boolean isValid() {
    return at != INVALID;
  }

  @Override
  public void first() {
    move(entries.isEmpty() ? INVALID : 0);
  }

  @Override
  public void last() {
    move(entries.size() - 1);
  }

  @Override
  public void seek(MemorySegment key, long keyOffset, int keyLength, long sequence) {
    byte[] copy = Entry.copy(key, keyOffset, keyLength);
    int target = 0;
    Entry wanted = new Entry(copy, sequence, ValueKind.PUT, new byte[0]);
    while (target < entries.size() && Entry.ORDER.compare(entries.get(target), wanted) < 0) {
      target++;
    }
    move(target == entries.size() ? INVALID : target);
  }

  @Override
  public void next() {
    check();
    move(at + 1 == entries.size() ? INVALID : at + 1);
  }

  @Override
  public void prev() {
    check();
    move(at - 1);
  }

  @Override
  public MemorySegment keySegment() {
    check();
    return MemorySegment.ofArray(shownKey);
  }

  @Override
  public long keyOffset() {
    check();
    return 3;
  }

  @Override
  public int keyLength() {
    check();
    return shownKey.length - 3;
  }

  @Override
  public long sequence() {
    check();
    return entries.get(at).sequence();
  }

  @Override
  public int kind() {
    check();
    return entries.get(at).kind();
  }

  @Override
  public MemorySegment valueSegment() {
    check();
    return MemorySegment.ofArray(shownValue);
  }

  @Override
  public long valueOffset() {
    check();
    return 5;
  }

  @Override
  public int valueLength() {
    check();
    return shownValue.length - 5;
  }

  @Override
  public void close() {
    closed = true;
    move(INVALID);
  }

  private void move(int to) {
    steps++;
    Arrays.fill(shownKey, (byte) 0xEE);
    Arrays.fill(shownValue, (byte) 0xEE);
    at = to;
    if (at != INVALID) {
      shownKey = padded(entries.get(at).key(), 3);
      shownValue = padded(entries.get(at).value(), 5);
    }
  }

  private static byte[] padded(byte[] bytes, int before) {
    byte[] padded = new byte[before + bytes.length];
    System.arraycopy(bytes, 0, padded, before, bytes.length);
    return padded;
  }

  private void check() {
    if (at == INVALID || closed) {
      throw new IllegalStateException("not on an entry");
    }
  }
}
