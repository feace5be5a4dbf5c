package io.zapkv.engine.format;

import java.lang.foreign.MemorySegment;

/// Numbers in as few bytes as they need: seven bits a byte, low bits first, the top bit set on all
/// but the last.
///
/// Reading answers value and length without an object: the length comes from [#length] of the value
/// read, since numbers are always written in their shortest form and others are refused.
public final class Varints {
  /// The most bytes an unsigned 32-bit number takes.
  public static final int INT_BYTES_MAX = 5;

  /// The most bytes an unsigned 64-bit number takes.
  public static final int LONG_BYTES_MAX = 10;

  /// What reading answers for bytes that are no number: cut short, too long, or not in the shortest
  /// form.
  public static final int MALFORMED = -1;

  private Varints() {}

  /// Bytes that `value`, taken as unsigned, is written in.
  public static int length(long value) {
    return (Long.SIZE - Long.numberOfLeadingZeros(value | 1) + 6) / 7;
  }

  /// Writes `value`, taken as unsigned; returns the offset behind it.
  public static long write(MemorySegment target, long offset, long value) {
    long at = offset;
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      target.set(Layouts.U8, at++, (byte) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    target.set(Layouts.U8, at++, (byte) rest);
    return at;
  }

  /// Reads a number of 0 to 2^31-1 that lies wholly below `limit`; [#MALFORMED] where there is
  /// none.
  public static int readInt(MemorySegment source, long offset, long limit) {
    long value = readLong(source, offset, Math.min(limit, offset + INT_BYTES_MAX));
    return value >= 0 && value <= Integer.MAX_VALUE ? (int) value : MALFORMED;
  }

  /// Reads a number of 0 to 2^63-1 that lies wholly below `limit`; [#MALFORMED] where there is
  /// none.
  public static long readLong(MemorySegment source, long offset, long limit) {
    long end = Math.min(limit, offset + LONG_BYTES_MAX - 1);
    long value = 0;
    int shift = 0;
    for (long at = offset; at < end; at++, shift += 7) {
      byte next = source.get(Layouts.U8, at);
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return next == 0 && at > offset ? MALFORMED : value;
      }
    }
    return MALFORMED;
  }
}
