package io.zapkv.bench.structure;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Keys of 16 bytes, made from numbers: in the order of the numbers, or strewn.
public final class BenchmarkKeys {
  public static final int BYTES = 16;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final long STREW = 0x9E3779B97F4A7C15L; // odd: no two numbers meet

  private BenchmarkKeys() {}

  /// Keys whose order is that of their numbers.
  public static void ordered(byte[] key, long number) {
    LONG.set(key, 0, number);
    LONG.set(key, Long.BYTES, 0L);
  }

  /// Keys whose order has nothing to do with their numbers'.
  public static void strewn(byte[] key, long number) {
    ordered(key, number * STREW);
  }
}
