package io.zapkv.engine.filter;

/// Where the bits of a hash are in a filter.
///
/// ```
///   ┌──────────────────┬──────────────────┬─────┬──────────────────┐
///   │ line 0, 64 bytes │ line 1           │  …  │ line n-1         │
///   └──────────────────┴──────────────────┴─────┴──────────────────┘
///   line  = high half of (hash × n)
///   bit i = bits 9i to 9i+8 of (hash × C mod 2^64), i below the number of probes;
///           bit b of a line is bit b mod 8 of its byte b / 8
/// ```
///
/// How many probes a key has is the same for all filters of a table and stands in its footer: so a
/// question touches one line and nothing else.
final class FilterLayout {
  /* Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom Filters (2007): blocking a
   * filter into cache lines costs some false positives, because lines fill unevenly, and saves all
   * cache misses but one. At 10 bits a key and 512-bit lines it is 1.2 % instead of 0.8 %.
   *
   * One product yields all probes: seven indices of nine bits are 63 bits. The line comes from the
   * hash's high bits; multiplying by an odd constant carries low bits upwards, so the probes, which
   * take the product from its low end, depend mainly on the low bits and hardly on the line.
   */

  /// Bytes of a line: a cache line.
  static final int LINE_BYTES = 64;

  static final int LINE_BITS = LINE_BYTES * Byte.SIZE;

  /// Bits that name one bit of a line.
  static final int PROBE_BITS = 9;

  /// The most probes one product has bits for.
  static final int PROBES_MAX = Long.SIZE / PROBE_BITS;

  private static final long MIX = 0xC2B2AE3D27D4EB4FL; // odd, bits well mixed

  private FilterLayout() {}

  static long line(long hash, long lines) {
    return Math.unsignedMultiplyHigh(hash, lines);
  }

  static long probes(long hash) {
    return hash * MIX;
  }
}
