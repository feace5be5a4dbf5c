package io.zapkv.engine.base;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Order, hash and prefixes of keys. A key is a run of bytes in a segment; keys are ordered as
/// unsigned bytes, a prefix before what it begins.
public final class Keys {
  /* Keys in native memory are compared here on every path that is hot, and keys in arrays below:
   * were both to come this way, the compiler would have to ask at each load which kind it is.
   */
  private static final ValueLayout.OfLong BIG_ENDIAN_LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LITTLE_ENDIAN_LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final VarHandle LONG_OF_ARRAY =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  // Odd constants with well mixed bits (the fractional parts of the golden ratio and of pi).
  private static final long MIX_A = 0x9E3779B97F4A7C15L;
  private static final long MIX_B = 0x243F6A8885A308D3L;

  private Keys() {}

  /// Compares two keys: negative, zero or positive.
  public static int compare(
      MemorySegment a, long aOffset, int aLength, MemorySegment b, long bOffset, int bLength) {
    int common = Math.min(aLength, bLength);
    int i = 0;
    for (; i + Long.BYTES <= common; i += Long.BYTES) {
      long x = a.get(BIG_ENDIAN_LONG, aOffset + i);
      long y = b.get(BIG_ENDIAN_LONG, bOffset + i);
      if (x != y) {
        return Long.compareUnsigned(x, y);
      }
    }
    for (; i < common; i++) {
      int difference =
          Byte.compareUnsigned(
              a.get(ValueLayout.JAVA_BYTE, aOffset + i), b.get(ValueLayout.JAVA_BYTE, bOffset + i));
      if (difference != 0) {
        return difference;
      }
    }
    return aLength - bLength;
  }

  /// Compares a key that is an array with one in a segment.
  public static int compare(byte[] a, MemorySegment b, long bOffset, int bLength) {
    int common = Math.min(a.length, bLength);
    int i = 0;
    for (; i + Long.BYTES <= common; i += Long.BYTES) {
      long x = (long) LONG_OF_ARRAY.get(a, i);
      long y = b.get(BIG_ENDIAN_LONG, bOffset + i);
      if (x != y) {
        return Long.compareUnsigned(x, y);
      }
    }
    for (; i < common; i++) {
      int difference = Byte.compareUnsigned(a[i], b.get(ValueLayout.JAVA_BYTE, bOffset + i));
      if (difference != 0) {
        return difference;
      }
    }
    return a.length - bLength;
  }

  /// The first eight bytes of a key that is an array, as [#prefix8] of a segment.
  public static long prefix8(byte[] key) {
    if (key.length >= Long.BYTES) {
      return (long) LONG_OF_ARRAY.get(key, 0);
    }
    long prefix = 0;
    for (int i = 0; i < key.length; i++) {
      prefix |= (key[i] & 0xFFL) << (56 - i * Byte.SIZE);
    }
    return prefix;
  }

  /// Whether two keys are the same bytes.
  public static boolean equal(
      MemorySegment a, long aOffset, int aLength, MemorySegment b, long bOffset, int bLength) {
    return aLength == bLength && compare(a, aOffset, aLength, b, bOffset, bLength) == 0;
  }

  /// How many leading bytes two keys share.
  public static int commonPrefix(
      MemorySegment a, long aOffset, int aLength, MemorySegment b, long bOffset, int bLength) {
    int common = Math.min(aLength, bLength);
    int i = 0;
    for (; i + Long.BYTES <= common; i += Long.BYTES) {
      long difference = a.get(BIG_ENDIAN_LONG, aOffset + i) ^ b.get(BIG_ENDIAN_LONG, bOffset + i);
      if (difference != 0) {
        return i + Long.numberOfLeadingZeros(difference) / Byte.SIZE;
      }
    }
    while (i < common
        && a.get(ValueLayout.JAVA_BYTE, aOffset + i) == b.get(ValueLayout.JAVA_BYTE, bOffset + i)) {
      i++;
    }
    return i;
  }

  /// The first eight bytes as a number whose *unsigned* order agrees with the keys' order; shorter
  /// keys are filled with zeros, so equal prefixes do not mean equal keys.
  public static long prefix8(MemorySegment key, long offset, int length) {
    if (length >= Long.BYTES) {
      return key.get(BIG_ENDIAN_LONG, offset);
    }
    long prefix = 0;
    for (int i = 0; i < length; i++) {
      prefix |= (key.get(ValueLayout.JAVA_BYTE, offset + i) & 0xFFL) << (56 - i * Byte.SIZE);
    }
    return prefix;
  }

  /// A 64-bit hash, the same on every machine and for ever: filters on the device hold it.
  ///
  /// Multiply-and-fold over eight bytes at a time; see docs/formats/table.md for a worked example.
  public static long hash(MemorySegment key, long offset, int length) {
    long state = length * MIX_A ^ MIX_B;
    int i = 0;
    for (; i + Long.BYTES <= length; i += Long.BYTES) {
      state = fold(state ^ key.get(LITTLE_ENDIAN_LONG, offset + i), MIX_A);
    }
    long tail = 0;
    for (int shift = 0; i < length; i++, shift += Byte.SIZE) {
      tail |= (key.get(ValueLayout.JAVA_BYTE, offset + i) & 0xFFL) << shift;
    }
    return fold(fold(state ^ tail, MIX_A), MIX_B);
  }

  /// High and low half of the 128-bit product, xor-ed: each input bit reaches every output bit.
  private static long fold(long value, long multiplier) {
    return Math.unsignedMultiplyHigh(value, multiplier) ^ value * multiplier;
  }
}
