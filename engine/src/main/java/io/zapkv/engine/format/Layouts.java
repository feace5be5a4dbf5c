package io.zapkv.engine.format;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The layouts through which all formats are read and written: little-endian, any alignment.
public final class Layouts {
  /// One byte.
  public static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;

  /// Two bytes.
  public static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// Four bytes.
  public static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// Eight bytes.
  public static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Layouts() {}
}
