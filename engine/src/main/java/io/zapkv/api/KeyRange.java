package io.zapkv.api;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// The keys from one, included, to another, excluded, in unsigned byte order. Either end may be
/// open.
///
/// A range whose end is not above its start holds no key; it is legal and empty.
public final class KeyRange {
  private static final KeyRange ALL = new KeyRange(null, null);

  private final byte @Nullable [] from;
  private final byte @Nullable [] to;

  private KeyRange(byte @Nullable [] from, byte @Nullable [] to) {
    this.from = from;
    this.to = to;
  }

  /// Every key.
  public static KeyRange all() {
    return ALL;
  }

  /// The keys `k` with `fromInclusive <= k < toExclusive`.
  ///
  /// @param fromInclusive the first key of the range, or null to start at the first key there is
  /// @param toExclusive the first key after the range, or null to end at the last key there is
  public static KeyRange of(byte @Nullable [] fromInclusive, byte @Nullable [] toExclusive) {
    return new KeyRange(copy(fromInclusive), copy(toExclusive));
  }

  /// The keys that begin with `prefix`; an empty prefix means every key.
  public static KeyRange prefix(byte[] prefix) {
    return new KeyRange(prefix.clone(), successor(prefix));
  }

  /// A copy of the first key of the range, or null where it has no start.
  public byte @Nullable [] from() {
    return copy(from);
  }

  /// A copy of the first key after the range, or null where it has no end.
  public byte @Nullable [] to() {
    return copy(to);
  }

  /// Whether `key` lies in the range.
  public boolean contains(byte[] key) {
    return (from == null || Arrays.compareUnsigned(from, key) <= 0)
        && (to == null || Arrays.compareUnsigned(key, to) < 0);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeyRange that
        && Arrays.equals(from, that.from)
        && Arrays.equals(to, that.to);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(from) + Arrays.hashCode(to);
  }

  /// The two ends in hexadecimal: `[61, 62)`; an open end prints as nothing.
  @Override
  public String toString() {
    return "[" + print(from) + ", " + print(to) + ")";
  }

  /// The first key above every key that begins with `prefix`: cut the 0xff bytes at its end, then
  /// add one to what is last. Nothing is above a prefix of 0xff bytes only, nor above an empty one.
  private static byte @Nullable [] successor(byte[] prefix) {
    int length = prefix.length;
    while (length > 0 && prefix[length - 1] == (byte) 0xff) {
      length--;
    }
    if (length == 0) {
      return null;
    }
    byte[] successor = Arrays.copyOf(prefix, length);
    successor[length - 1]++;
    return successor;
  }

  private static byte @Nullable [] copy(byte @Nullable [] bytes) {
    return bytes == null ? null : bytes.clone();
  }

  private static String print(byte @Nullable [] bytes) {
    return bytes == null ? "" : HexFormat.of().formatHex(bytes);
  }
}
