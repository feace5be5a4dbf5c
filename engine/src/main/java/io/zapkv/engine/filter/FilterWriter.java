package io.zapkv.engine.filter;

import java.util.Arrays;

/// Collects the hashes of one filter's keys and writes the filter.
///
/// **Threading.** One thread at a time.
///
/// **Memory.** Eight bytes a key until the filter is written; reused for the next.
public final class FilterWriter {
  /// The most; more probes than one cache line can tell apart gain nothing.
  public static final int BITS_PER_KEY_MAX = 32;

  private static final double LN_2 = 0.69;

  private final int bitsPerKey;
  private final int probes;
  private long[] hashes = new long[1024];
  private int count;

  /// A writer of filters with `bitsPerKey` bits for each key. With 0 a filter is one empty line,
  /// and without probes: it lets everything through.
  public FilterWriter(int bitsPerKey) {
    if (bitsPerKey < 0 || bitsPerKey > BITS_PER_KEY_MAX) {
      throw new IllegalArgumentException("filter bits a key: expected 0 to 32, got " + bitsPerKey);
    }
    this.bitsPerKey = bitsPerKey;
    this.probes =
        bitsPerKey == 0 ? 0 : Math.clamp(Math.round(bitsPerKey * LN_2), 1, FilterLayout.PROBES_MAX);
  }

  /// Bits set for each key, which a reader has to know.
  public int probes() {
    return probes;
  }

  /// Adds a key by its hash. Versions of one key come one behind the other and count once.
  public void add(long hash) {
    if (count > 0 && hashes[count - 1] == hash) {
      return;
    }
    if (count == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * count);
    }
    hashes[count++] = hash;
  }

  /// Different keys added since the last filter.
  public int keys() {
    return count;
  }

  /// Bytes of a filter over `keys` keys.
  public int lengthBytes(int keys) {
    return Math.toIntExact(lines(keys) * FilterLayout.LINE_BYTES);
  }

  /// The filter over what was added, and begins the next.
  public byte[] finish() {
    long lines = lines(count);
    byte[] filter = new byte[lengthBytes(count)];
    for (int i = 0; i < count; i++) {
      int line = (int) FilterLayout.line(hashes[i], lines) * FilterLayout.LINE_BYTES;
      long bits = FilterLayout.probes(hashes[i]);
      for (int probe = 0; probe < probes; probe++, bits >>>= FilterLayout.PROBE_BITS) {
        int bit = (int) bits & (FilterLayout.LINE_BITS - 1);
        filter[line + (bit >>> 3)] |= (byte) (1 << (bit & 7));
      }
    }
    count = 0;
    return filter;
  }

  private long lines(int keys) {
    return Math.max(1, Math.ceilDiv((long) keys * bitsPerKey, FilterLayout.LINE_BITS));
  }
}
