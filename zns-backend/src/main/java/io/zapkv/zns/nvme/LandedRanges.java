package io.zapkv.zns.nvme;

import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/// Which blocks of one zone have been said to hold data: the memory behind A12.
///
/// Ranges that touch are one. Appends tile a zone, so there are never more ranges than appends in
/// flight, and one more for each hole (D9).
///
/// **Threading.** Any thread.
///
/// **Memory.** Grows to the most ranges there ever were.
final class LandedRanges {
  private static final long[] NONE = {};

  private final ReentrantLock lock = new ReentrantLock();

  /// Begin and end of each range, in order, apart from each other.
  private long[] bounds = NONE;

  private int count;

  /// Adds a range.
  ///
  /// @return false where it overlaps one that was added before, and is not added
  boolean add(long begin, long end) {
    lock.lock();
    try {
      return addLocked(begin, end);
    } finally {
      lock.unlock();
    }
  }

  private boolean addLocked(long begin, long end) {
    int at = count;
    while (at > 0 && bounds[2 * at - 2] >= end) {
      at--;
    }
    // What remains before `at` begins below `end`: the last of it must end before we begin.
    if (at > 0 && bounds[2 * at - 1] > begin) {
      return false;
    }
    boolean joinsLeft = at > 0 && bounds[2 * at - 1] == begin;
    boolean joinsRight = at < count && bounds[2 * at] == end;
    if (joinsLeft && joinsRight) {
      bounds[2 * at - 1] = bounds[2 * at + 1];
      System.arraycopy(bounds, 2 * at + 2, bounds, 2 * at, 2 * (count - at - 1));
      count--;
    } else if (joinsLeft) {
      bounds[2 * at - 1] = end;
    } else if (joinsRight) {
      bounds[2 * at] = begin;
    } else {
      insert(at, begin, end);
    }
    return true;
  }

  private void insert(int at, long begin, long end) {
    if (2 * count == bounds.length) {
      bounds = Arrays.copyOf(bounds, Math.max(4, 2 * bounds.length));
    }
    System.arraycopy(bounds, 2 * at, bounds, 2 * at + 2, 2 * (count - at));
    bounds[2 * at] = begin;
    bounds[2 * at + 1] = end;
    count++;
  }

  /// Forgets all ranges.
  void clear() {
    lock.lock();
    try {
      count = 0;
    } finally {
      lock.unlock();
    }
  }

  /// The end of the last range, zero where there is none.
  long end() {
    lock.lock();
    try {
      return count == 0 ? 0 : bounds[2 * count - 1];
    } finally {
      lock.unlock();
    }
  }
}
