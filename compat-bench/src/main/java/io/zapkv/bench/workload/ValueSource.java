package io.zapkv.bench.workload;

import java.util.SplittableRandom;

/// An endless supply of values of one length, cut out of a pool that was made beforehand.
///
/// The pool is made of pieces; of each, a share is random and the rest repeats it, so that a
/// compressor shrinks a value to about that share.
///
/// **Threading.** One thread at a time; one source a thread.
///
/// **Memory.** The array that [#next] returns is filled anew by the next call.
public final class ValueSource {
  private static final int POOL_BYTES = 1 << 20;
  private static final int PIECE_BYTES = 100;

  private final byte[] pool;
  private final byte[] value;
  private int at;

  /// @param seed what the pool is made from
  /// @param valueBytes length of every value; 0 to 1 MiB
  /// @param randomShare share of a value that does not repeat: 1 cannot be compressed, 0.5 to half
  public ValueSource(long seed, int valueBytes, double randomShare) {
    if (valueBytes < 0 || valueBytes > POOL_BYTES) {
      throw new IllegalArgumentException(
          "a value is 0 to " + POOL_BYTES + " bytes here, not " + valueBytes);
    }
    this.value = new byte[valueBytes];
    this.pool = pool(new SplittableRandom(seed), POOL_BYTES + valueBytes, randomShare);
  }

  /// The next value.
  public byte[] next() {
    if (at >= POOL_BYTES) {
      at = 0;
    }
    System.arraycopy(pool, at, value, 0, value.length);
    // An odd step: the next round cuts elsewhere.
    at += Math.max(value.length, 1) | 1;
    return value;
  }

  private static byte[] pool(SplittableRandom random, int bytes, double randomShare) {
    byte[] pool = new byte[bytes];
    int fresh = Math.max(1, (int) Math.round(PIECE_BYTES * randomShare));
    for (int piece = 0; piece < bytes; piece += PIECE_BYTES) {
      int end = Math.min(bytes, piece + PIECE_BYTES);
      for (int i = piece; i < end; i++) {
        pool[i] = i < piece + fresh ? (byte) random.nextInt(' ', 127) : pool[i - fresh];
      }
    }
    return pool;
  }
}
