package io.zapkv.zns.check;

import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/// Where data landed in each zone since its last reset.
///
/// **Threading.** Any thread.
final class WrittenRanges {
  private final ReentrantLock lock = new ReentrantLock();
  private final Geometry geometry;

  /// By zone: the first block of each range, and the block after its last.
  private final List<TreeMap<Long, Long>> zones = new ArrayList<>();

  WrittenRanges(Geometry geometry) {
    this.geometry = geometry;
    for (int zone = 0; zone < geometry.zones(); zone++) {
      zones.add(new TreeMap<>());
    }
  }

  void reset(int zone) {
    lock.lock();
    try {
      zones.get(zone).clear();
    } finally {
      lock.unlock();
    }
  }

  /// Adds a range that a completion has told.
  ///
  /// @param report of the zone, asked after the completion
  void add(long address, int bytes, ZoneReport report) {
    long begin = ZoneAddress.block(address);
    long end = begin + bytes / geometry.blockBytes();
    check(end <= geometry.zoneCapacityBlocks(), address, bytes, "is not inside its zone");
    boolean pointerMeansNothing = report.writePointerBlocks() < 0;
    check(
        pointerMeansNothing || end <= report.writePointerBlocks(),
        address,
        bytes,
        "is not below the write pointer, " + report.writePointerBlocks());
    lock.lock();
    try {
      TreeMap<Long, Long> ranges = zones.get(ZoneAddress.zone(address));
      Map.Entry<Long, Long> before = ranges.lowerEntry(end);
      check(before == null || before.getValue() <= begin, address, bytes, "overlaps another one");
      ranges.put(begin, end);
    } finally {
      lock.unlock();
    }
  }

  private static void check(boolean ok, long address, int bytes, String what) {
    if (!ok) {
      throw new AssertionError(
          "the device lies (A12): "
              + bytes
              + " bytes at "
              + ZoneAddress.print(address)
              + ": the range "
              + what);
    }
  }
}
