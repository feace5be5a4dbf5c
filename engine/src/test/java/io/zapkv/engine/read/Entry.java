package io.zapkv.engine.read;

import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.ValueKind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/// One entry as tests write it down.
public record Entry(byte[] key, long sequence, int kind, byte[] value) {
  /// Internal order.
  public static final Comparator<Entry> ORDER =
      Comparator.comparing(Entry::key, Arrays::compareUnsigned)
          .thenComparing(Comparator.comparingLong(Entry::sequence).reversed());

  /// A put of `value`.
  public static Entry put(String key, long sequence, String value) {
    return new Entry(bytes(key), sequence, ValueKind.PUT, bytes(value));
  }

  /// A deletion.
  public static Entry delete(String key, long sequence) {
    return new Entry(bytes(key), sequence, ValueKind.DELETE, new byte[0]);
  }

  /// What `cursor` stands on.
  public static Entry at(InternalCursor cursor) {
    return new Entry(
        copy(cursor.keySegment(), cursor.keyOffset(), cursor.keyLength()),
        cursor.sequence(),
        cursor.kind(),
        copy(cursor.valueSegment(), cursor.valueOffset(), cursor.valueLength()));
  }

  static byte[] copy(MemorySegment segment, long offset, int length) {
    return segment.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Entry that
        && Arrays.equals(key, that.key)
        && sequence == that.sequence
        && kind == that.kind
        && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(key);
  }

  /// `key@sequence=value`, or `key@sequence-` for a deletion.
  @Override
  public String toString() {
    String text = new String(key, StandardCharsets.ISO_8859_1) + "@" + sequence;
    return kind == ValueKind.DELETE
        ? text + "-"
        : text + "=" + new String(value, StandardCharsets.ISO_8859_1);
  }
}
