package io.zapkv.engine.memtable;

import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.Layouts;
import io.zapkv.engine.format.RecordDescriptor;
import io.zapkv.engine.staging.StagingSegment;
import java.lang.foreign.MemorySegment;

/// Some records of a segment in internal order, as two arrays side by side: for each record eight
/// bytes of its key, and its place.
///
/// All keys of a run share their first [#skipBytes]; the eight bytes are those that follow, so that
/// nearly every comparison is decided without touching a record.
///
/// **Threading.** Never changes once made.
final class Run {
  private static final int LINE_BYTES = 64;
  private static final int TOUCHED_LINES =
      3; // what follows comes in order, as the processor guesses

  private final StagingSegment segment;
  private final int skipBytes;
  private final long[] prefixes;
  private final int[] places;

  /// Places in internal order and the prefixes of their keys behind the common `skipBytes`.
  Run(StagingSegment segment, int skipBytes, long[] prefixes, int[] places) {
    assert prefixes.length == places.length && places.length > 0;
    this.segment = segment;
    this.skipBytes = skipBytes;
    this.prefixes = prefixes;
    this.places = places;
  }

  int size() {
    return places.length;
  }

  /// The offset of record `i`.
  long offset(int i) {
    return (long) places[i] * RecordDescriptor.ALIGNMENT;
  }

  /// Fetches the records [from, to) from memory, all at once: neighbours in order lie anywhere, and
  /// who reads one after the other waits for each.
  ///
  /// @return anything; to be kept, or else the compiler finds that nothing need be fetched
  long touch(int from, int to) {
    MemorySegment memory = segment.memory();
    long last = memory.byteSize() - Long.BYTES;
    long sum = 0;
    for (int i = from; i < to; i++) {
      long offset = offset(i);
      for (int line = 0; line < TOUCHED_LINES; line++) {
        sum += memory.get(Layouts.U64, Math.min(offset + (long) line * LINE_BYTES, last));
      }
    }
    return sum;
  }

  /// How many records come before (`key`, `sequence`) in internal order.
  int lowerBound(MemorySegment key, long keyOffset, int keyBytes, long sequence) {
    MemorySegment memory = segment.memory();
    long first = offset(0) + RecordDescriptor.HEADER_BYTES;
    int shared = Math.min(skipBytes, keyBytes);
    int order = Keys.compare(key, keyOffset, shared, memory, first, skipBytes);
    if (order != 0) {
      return order < 0 ? 0 : places.length;
    }
    long prefix = Keys.prefix8(key, keyOffset + skipBytes, keyBytes - skipBytes);
    int low = 0;
    int high = places.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int decided = Long.compareUnsigned(prefixes[middle], prefix);
      boolean before =
          decided < 0
              || (decided == 0 && isBefore(offset(middle), key, keyOffset, keyBytes, sequence));
      if (before) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private boolean isBefore(
      long offset, MemorySegment key, long keyOffset, int keyBytes, long sequence) {
    int order = compareKey(segment.memory(), offset, key, keyOffset, keyBytes);
    return order < 0 || (order == 0 && segment.sequence(offset) > sequence);
  }

  /// This run and a newer one as one.
  Run mergedWith(Run newer) {
    int skip = commonSkip(newer);
    long[] left = prefixesBehind(skip);
    long[] right = newer.prefixesBehind(skip);
    MemorySegment memory = segment.memory();
    int total = left.length + right.length;
    long[] mergedPrefixes = new long[total];
    int[] mergedPlaces = new int[total];
    int i = 0;
    int j = 0;
    for (int to = 0; to < total; to++) {
      boolean takeLeft;
      if (i == left.length || j == right.length) {
        takeLeft = j == right.length;
      } else if (left[i] != right[j]) {
        takeLeft = Long.compareUnsigned(left[i], right[j]) < 0;
      } else {
        takeLeft = compare(memory, offset(i), newer.offset(j)) < 0;
      }
      mergedPrefixes[to] = takeLeft ? left[i] : right[j];
      mergedPlaces[to] = takeLeft ? places[i++] : newer.places[j++];
    }
    return new Run(segment, skip, mergedPrefixes, mergedPlaces);
  }

  /// Compares two records in internal order: by key, then the newer one first.
  static int compare(MemorySegment memory, long a, long b) {
    int order =
        compareKey(
            memory,
            a,
            memory,
            b + RecordDescriptor.HEADER_BYTES,
            RecordDescriptor.keyBytes(memory, b));
    return order != 0 ? order : Long.compare(b, a);
  }

  private static int compareKey(
      MemorySegment memory, long offset, MemorySegment key, long keyOffset, int keyBytes) {
    return Keys.compare(
        memory,
        offset + RecordDescriptor.HEADER_BYTES,
        RecordDescriptor.keyBytes(memory, offset),
        key,
        keyOffset,
        keyBytes);
  }

  private int commonSkip(Run other) {
    MemorySegment memory = segment.memory();
    long mine = offset(0) + RecordDescriptor.HEADER_BYTES;
    long theirs = other.offset(0) + RecordDescriptor.HEADER_BYTES;
    return Keys.commonPrefix(memory, mine, skipBytes, memory, theirs, other.skipBytes);
  }

  private long[] prefixesBehind(int skip) {
    if (skip == skipBytes) {
      return prefixes;
    }
    MemorySegment memory = segment.memory();
    long[] result = new long[places.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = prefix(memory, places[i], skip);
    }
    return result;
  }

  /// Eight bytes of the key of the record at `place`, behind its first `skip` bytes.
  static long prefix(MemorySegment memory, int place, int skip) {
    long offset = (long) place * RecordDescriptor.ALIGNMENT;
    int keyBytes = RecordDescriptor.keyBytes(memory, offset);
    return Keys.prefix8(memory, offset + RecordDescriptor.HEADER_BYTES + skip, keyBytes - skip);
  }
}
