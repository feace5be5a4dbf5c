package io.zapkv.api;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Puts and deletes that happen together or not at all, in the order they were added.
///
/// ```
///   an operation in the buffer:  keyLength int │ valueLength int, -1 = delete │ key │ value
/// ```
///
/// Where one key occurs twice, the later operation wins. A batch may be written again and again, to
/// any store; writing it does not clear it.
///
/// **Threading.** One thread at a time.
///
/// **Memory.** Keys and values are copied into one growing array on the Java heap; [#clear] keeps
/// it for the next round.
///
/// **Bounds.** At most [#BYTES_MAX] by [#sizeBytes]. A store may accept less: a batch must fit its
/// memtable, see [StoreOptions#batchBytesMax].
public final class WriteBatch {
  /// The most a batch can hold, by [#sizeBytes].
  public static final int BYTES_MAX = 64 << 20;

  /// What an operation counts beside its key and its value, by [#sizeBytes].
  public static final int OPERATION_BYTES = 8;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final int INITIAL_BYTES = 1024;
  private static final int DELETE = -1;

  private byte[] buffer = new byte[INITIAL_BYTES];
  private MemorySegment memory = MemorySegment.ofArray(buffer);
  private int sizeBytes;
  private int count;

  /// A batch with nothing in it.
  public WriteBatch() {}

  /// Adds: set `key` to `value`.
  ///
  /// @throws IllegalStateException where the batch would grow beyond [#BYTES_MAX]; it stays as it
  ///   was
  public void put(byte[] key, byte[] value) {
    int at = claim(key, value.length, value.length);
    System.arraycopy(value, 0, buffer, at, value.length);
  }

  /// Adds: remove `key`, whether it is there or not.
  ///
  /// @throws IllegalStateException where the batch would grow beyond [#BYTES_MAX]; it stays as it
  ///   was
  public void delete(byte[] key) {
    claim(key, 0, DELETE);
  }

  /// Forgets every operation and keeps the memory.
  public void clear() {
    sizeBytes = 0;
    count = 0;
  }

  /// How many operations were added.
  public int count() {
    return count;
  }

  /// Bytes of all keys and values, and [#OPERATION_BYTES] for each operation.
  public int sizeBytes() {
    return sizeBytes;
  }

  /// Shows every operation to `visitor`, in the order they were added. For stores: this is how the
  /// engine reads a batch, twice, first to size its claim and then to copy.
  ///
  /// Requires: the visitor does not change the batch.
  public void forEach(Visitor visitor) {
    int at = 0;
    while (at < sizeBytes) {
      int keyLength = memory.get(INT, at);
      int valueLength = memory.get(INT, at + Integer.BYTES);
      int key = at + OPERATION_BYTES;
      int value = key + keyLength;
      if (valueLength == DELETE) {
        visitor.delete(memory, key, keyLength);
        at = value;
      } else {
        visitor.put(memory, key, keyLength, value, valueLength);
        at = value + valueLength;
      }
    }
  }

  /// Writes an operation's head and key; returns where its value belongs.
  private int claim(byte[] key, int valueBytes, int valueLength) {
    long end = (long) sizeBytes + OPERATION_BYTES + key.length + valueBytes;
    if (end > BYTES_MAX) {
      throw new IllegalStateException(
          "a batch holds at most " + BYTES_MAX + " bytes, this operation would make it " + end);
    }
    if (end > buffer.length) {
      buffer = Arrays.copyOf(buffer, (int) Math.min(BYTES_MAX, Math.max(end, 2L * buffer.length)));
      memory = MemorySegment.ofArray(buffer);
    }
    int at = sizeBytes;
    memory.set(INT, at, key.length);
    memory.set(INT, at + Integer.BYTES, valueLength);
    System.arraycopy(key, 0, buffer, at + OPERATION_BYTES, key.length);
    sizeBytes = (int) end;
    count++;
    return at + OPERATION_BYTES + key.length;
  }

  /// Receives the operations of a batch.
  ///
  /// **Memory.** The segment is the batch's own heap memory, the same for every call of one
  /// [#forEach]; it may be read until the batch changes.
  public interface Visitor {
    /// Set the key to the value.
    void put(
        MemorySegment memory, long keyOffset, int keyLength, long valueOffset, int valueLength);

    /// Remove the key.
    void delete(MemorySegment memory, long keyOffset, int keyLength);
  }
}
