package io.zapkv.engine.filter;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Asks the filters of one table, see [FilterLayout].
///
/// **Threading.** Immutable.
///
/// **Memory.** It looks at the caller's bytes, one cache line of them for each question.
public final class FilterReader {
  private final int probes;

  /// A reader of filters with `probes` bits for each key.
  public FilterReader(int probes) {
    if (!canHave(probes)) {
      throw new IllegalArgumentException("filter probes: expected 0 to 7, got " + probes);
    }
    this.probes = probes;
  }

  /// Whether a filter can have `probes` bits for each key.
  public static boolean canHave(int probes) {
    return probes >= 0 && probes <= FilterLayout.PROBES_MAX;
  }

  /// Whether they ever say no; else nobody need ask them.
  public boolean isSelective() {
    return probes > 0;
  }

  /// Whether `length` bytes can be a filter.
  public static boolean isFilter(int length) {
    return length > 0 && length % FilterLayout.LINE_BYTES == 0;
  }

  /// Whether the key with this hash may be among those the filter was made of; false is certain.
  ///
  /// Requires: [#isFilter] is true of the length.
  public boolean mayContain(MemorySegment filter, long offset, int length, long hash) {
    long lines = length / FilterLayout.LINE_BYTES;
    long line = offset + FilterLayout.line(hash, lines) * FilterLayout.LINE_BYTES;
    long bits = FilterLayout.probes(hash);
    for (int probe = 0; probe < probes; probe++, bits >>>= FilterLayout.PROBE_BITS) {
      int bit = (int) bits & (FilterLayout.LINE_BITS - 1);
      if ((filter.get(ValueLayout.JAVA_BYTE, line + (bit >>> 3)) & 1 << (bit & 7)) == 0) {
        return false;
      }
    }
    return true;
  }
}
