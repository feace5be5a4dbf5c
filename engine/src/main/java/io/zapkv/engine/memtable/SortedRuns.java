package io.zapkv.engine.memtable;

import io.zapkv.engine.base.Invariants;
import io.zapkv.engine.format.RecordDescriptor;
import io.zapkv.engine.format.SegmentHeaderDescriptor;
import io.zapkv.engine.format.ValueKind;
import io.zapkv.engine.staging.StagingSegment;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/// The sorted runs of one memtable: made when somebody asks for order, from what arrived since the
/// last time, and merged so that there are few.
///
/// **Threading.** Any thread; a lock that puts and gets never meet.
///
/// **Memory.** Twelve bytes a record, in arrays that live as long as a cursor uses them.
///
/// **Bounds.** Each run is more than [#GROWTH] times as large as the next: a handful.
final class SortedRuns {
  private static final int GROWTH = 4;
  private static final int FIRST_PLACES = 64;

  private final StagingSegment segment;
  private final ReentrantLock lock = new ReentrantLock();
  private Run[] runs = {};
  private long sortedTo = SegmentHeaderDescriptor.BYTES;

  SortedRuns(StagingSegment segment) {
    this.segment = segment;
  }

  /// Runs that hold every record published whose sequence is at most `sequence`; newer ones, too.
  Run[] upTo(long sequence) {
    lock.lock();
    try {
      long wanted = segment.offset(sequence + 1);
      long tail = segment.tailBytes();
      long limit = Math.min(tail, wanted);
      if (limit > sortedTo) {
        sortTail(limit);
        Invariants.check(
            sortedTo >= limit || (wanted > tail && !segment.isSealed()),
            "a cursor was made while a write it must see was in progress");
      }
      return runs;
    } finally {
      lock.unlock();
    }
  }

  private void sortTail(long limit) {
    MemorySegment memory = segment.memory();
    long end = segment.resolvedTo(sortedTo, limit);
    int[] places = new int[FIRST_PLACES];
    int count = 0;
    long offset = sortedTo;
    while (offset < end) {
      long state = RecordDescriptor.state(memory, offset);
      int length = RecordDescriptor.lengthBytes(state);
      if (!RecordDescriptor.isPublished(state, segment.tag())) {
        offset += length; // abandoned
      } else if (RecordDescriptor.kind(memory, offset) == ValueKind.BATCH) {
        offset += RecordDescriptor.HEADER_BYTES; // its members are next
      } else {
        if (count == places.length) {
          places = Arrays.copyOf(places, 2 * count);
        }
        places[count++] = (int) (offset / RecordDescriptor.ALIGNMENT);
        offset += length;
      }
    }
    sortedTo = end;
    if (count > 0) {
      add(RunSorter.sort(segment, places, count));
    }
  }

  private void add(Run run) {
    Run merged = run;
    int left = runs.length;
    while (left > 0 && runs[left - 1].size() <= (long) GROWTH * merged.size()) {
      merged = runs[--left].mergedWith(merged);
    }
    Run[] after = Arrays.copyOf(runs, left + 1);
    after[left] = merged;
    runs = after;
  }
}
