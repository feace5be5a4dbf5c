package io.zapkv.engine.memtable;

import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.RecordDescriptor;
import io.zapkv.engine.staging.StagingSegment;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Sorts places of records into a [Run].
///
/// **Threading.** One thread, one sort.
final class RunSorter {
  /* Keys are compared eight bytes at a time, as numbers: all keys of a group share a prefix, the
   * eight bytes behind it are fetched once, and the group is sorted by them: byte by byte from the
   * lowest up (a byte that is the same in all keys costs nothing), or by insertion when it is small.
   * Records that are still equal form a group one level down, behind a longer prefix; what a group
   * has in common is jumped over as a whole, so that "user0000..." costs one level.
   *
   * Every step is stable and starts from newest to oldest: versions of a key end up newest first.
   */
  private static final int INSERTION_MAX = 40;
  private static final int LEVELS_MAX = 64;
  private static final int RADIX_BITS = 8;
  private static final int RADIX = 1 << RADIX_BITS;

  private final StagingSegment segment;
  private final MemorySegment memory;
  private final int[] places;
  private final int[] sparePlaces;

  private RunSorter(StagingSegment segment, int[] places) {
    this.segment = segment;
    this.memory = segment.memory();
    this.places = places;
    this.sparePlaces = new int[places.length];
  }

  /// Sorts.
  ///
  /// @param ascending at least `count` places of records, oldest first
  /// @param count at least one
  static Run sort(StagingSegment segment, int[] ascending, int count) {
    int[] places = new int[count];
    for (int i = 0; i < count; i++) {
      places[i] = ascending[count - 1 - i];
    }
    return new RunSorter(segment, places).run();
  }

  private Run run() {
    int skip = commonPrefix(0, places.length, 0);
    int start = exhaustedFirst(0, places.length, skip);
    long[] prefixes = new long[places.length]; // zero for keys that are no longer than `skip`
    sortLevel(prefixes, 0, start, places.length, skip, 0);
    return new Run(segment, skip, prefixes, places);
  }

  /// Sorts [from, to), whose keys share their first `skip` bytes and are longer, by what follows.
  ///
  /// @param prefixes where to keep the eight bytes: of place `i` at `i - base`
  private void sortLevel(long[] prefixes, int base, int from, int to, int skip, int level) {
    for (int i = from; i < to; i++) {
      prefixes[i - base] = Run.prefix(memory, places[i], skip);
    }
    if (descends(prefixes, from - base, to - base)) {
      reverse(prefixes, base, from, to); // written in key order
    } else if (to - from <= INSERTION_MAX) {
      insertionSort(prefixes, base, from, to);
    } else {
      radixSort(prefixes, base, from, to);
    }
    int start = from;
    for (int i = from + 1; i <= to; i++) {
      if (i == to || prefixes[i - base] != prefixes[start - base]) {
        if (i - start > 1) {
          sortTies(start, i, skip + Long.BYTES, level + 1);
        }
        start = i;
      }
    }
  }

  /// Sorts [from, to), whose first `skip` bytes are the same, zeros taken for bytes that are
  /// missing.
  private void sortTies(int from, int to, int skip, int level) {
    int shortest = Integer.MAX_VALUE;
    int longest = 0;
    for (int i = from; i < to; i++) {
      shortest = Math.min(shortest, keyBytes(places[i]));
      longest = Math.max(longest, keyBytes(places[i]));
    }
    if (shortest == longest && longest <= skip) {
      return; // versions of one key
    }
    if (shortest < skip || level > LEVELS_MAX) {
      mergeSort(from, to); // a missing byte and a zero look alike; or keys made to be hard to sort
      return;
    }
    int common = commonPrefix(from, to, skip);
    int start = exhaustedFirst(from, to, common);
    if (to - start > 1) {
      sortLevel(new long[to - start], start, start, to, common, level);
    }
  }

  private static boolean descends(long[] prefixes, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      if (Long.compareUnsigned(prefixes[i - 1], prefixes[i]) <= 0) {
        return false;
      }
    }
    return true;
  }

  private void reverse(long[] prefixes, int base, int from, int to) {
    for (int left = from, right = to - 1; left < right; left++, right--) {
      long prefix = prefixes[left - base];
      prefixes[left - base] = prefixes[right - base];
      prefixes[right - base] = prefix;
      int place = places[left];
      places[left] = places[right];
      places[right] = place;
    }
  }

  private void insertionSort(long[] prefixes, int base, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      long prefix = prefixes[i - base];
      int place = places[i];
      int j = i - 1;
      while (j >= from && Long.compareUnsigned(prefixes[j - base], prefix) > 0) {
        prefixes[j + 1 - base] = prefixes[j - base];
        places[j + 1] = places[j];
        j--;
      }
      prefixes[j + 1 - base] = prefix;
      places[j + 1] = place;
    }
  }

  private void radixSort(long[] prefixes, int base, int from, int to) {
    long[] spare = new long[to - from];
    int[] ends = new int[RADIX];
    long differing = 0;
    for (int i = from; i < to; i++) {
      differing |= prefixes[i - base] ^ prefixes[from - base];
    }
    for (int shift = 0; shift < Long.SIZE; shift += RADIX_BITS) {
      if ((differing >>> shift & (RADIX - 1)) != 0) {
        radixPass(prefixes, base, from, to, shift, spare, ends);
      }
    }
  }

  private void radixPass(
      long[] prefixes, int base, int from, int to, int shift, long[] spare, int[] ends) {
    Arrays.fill(ends, 0);
    for (int i = from; i < to; i++) {
      ends[(int) (prefixes[i - base] >>> shift) & (RADIX - 1)]++;
    }
    int sum = 0;
    for (int digit = 0; digit < RADIX; digit++) {
      int count = ends[digit];
      ends[digit] = sum;
      sum += count;
    }
    for (int i = from; i < to; i++) {
      int target = ends[(int) (prefixes[i - base] >>> shift) & (RADIX - 1)]++;
      spare[target] = prefixes[i - base];
      sparePlaces[target] = places[i];
    }
    System.arraycopy(spare, 0, prefixes, from - base, to - from);
    System.arraycopy(sparePlaces, 0, places, from, to - from);
  }

  private void mergeSort(int from, int to) {
    for (int width = 1; width < to - from; width *= 2) {
      for (int left = from; left + width < to; left += 2 * width) {
        merge(left, left + width, Math.min(left + 2 * width, to));
      }
    }
  }

  private void merge(int from, int middle, int to) {
    System.arraycopy(places, from, sparePlaces, 0, middle - from);
    int left = 0;
    int right = middle;
    for (int target = from; left < middle - from; target++) {
      boolean takeLeft =
          right == to || Run.compare(memory, offset(sparePlaces[left]), offset(places[right])) < 0;
      places[target] = takeLeft ? sparePlaces[left++] : places[right++];
    }
  }

  /// How many bytes, at least `known`, all keys of [from, to) have in common.
  private int commonPrefix(int from, int to, int known) {
    long first = keyOffset(places[from]);
    int common = keyBytes(places[from]);
    for (int i = from + 1; i < to && common > known; i++) {
      common =
          known
              + Keys.commonPrefix(
                  memory,
                  first + known,
                  common - known,
                  memory,
                  keyOffset(places[i]) + known,
                  keyBytes(places[i]) - known);
    }
    return common;
  }

  /// Moves the keys of exactly `length` bytes to the front, each part in the order it had.
  ///
  /// @return where the longer ones start
  private int exhaustedFirst(int from, int to, int length) {
    int front = from;
    int longer = 0;
    for (int i = from; i < to; i++) {
      if (keyBytes(places[i]) == length) {
        places[front++] = places[i];
      } else {
        sparePlaces[longer++] = places[i];
      }
    }
    System.arraycopy(sparePlaces, 0, places, front, longer);
    return front;
  }

  private int keyBytes(int place) {
    return RecordDescriptor.keyBytes(memory, offset(place));
  }

  private static long keyOffset(int place) {
    return offset(place) + RecordDescriptor.HEADER_BYTES;
  }

  private static long offset(int place) {
    return (long) place * RecordDescriptor.ALIGNMENT;
  }
}
