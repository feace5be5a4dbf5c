package io.zapkv.zns.nvme;

import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneGroup;
import io.zapkv.zns.ZoneReport;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/// What the host knows of the zones of a real device, and holds the device's answers against.
///
/// The device alone decides where an append lands and what state a zone is in. Kept here is what it
/// need not be asked for each time: how far each zone can be read, which ranges it has already said
/// to hold data (A12), and a guess at the room that is left, by which appends to a group are sent
/// to a zone that will probably take them.
///
/// **Threading.** Any thread.
///
/// **Memory.** Some 60 bytes a zone; an append allocates nothing.
final class NvmeZones {
  private static final System.Logger LOG = System.getLogger(NvmeZones.class.getName());

  private final String device;
  private final Geometry geometry;
  private final LandedRanges[] landed;

  /// By zone: every block below can be read, as far as is known.
  private final AtomicLongArray readableBlocks;

  /// By zone: where its pointer is once all that is in flight has landed, unless that fails.
  private final AtomicLongArray usedBlocks;

  private final AtomicIntegerArray inFlight;

  /// By zone: [#WRITTEN_BEFORE], [#PROBABLY_OPEN].
  private final AtomicIntegerArray flags;

  /// Begins with one: what an earlier user wrote has perhaps not been synced.
  private final AtomicLong writes = new AtomicLong(1);

  private final AtomicLong syncedWrites = new AtomicLong();
  private volatile @Nullable String lie;

  private static final int WRITTEN_BEFORE = 1;
  private static final int PROBABLY_OPEN = 2;

  NvmeZones(String device, Geometry geometry) {
    this.device = device;
    this.geometry = geometry;
    int zones = geometry.zones();
    landed = new LandedRanges[zones];
    for (int zone = 0; zone < zones; zone++) {
      landed[zone] = new LandedRanges();
    }
    readableBlocks = new AtomicLongArray(zones);
    usedBlocks = new AtomicLongArray(zones);
    inFlight = new AtomicIntegerArray(zones);
    flags = new AtomicIntegerArray(zones);
  }

  /// Takes a zone as it is found at opening.
  void found(ZoneReport report) {
    int zone = report.zone();
    // Where the pointer means nothing (D16) the device is left to say what can be read.
    long end =
        report.writePointerBlocks() < 0
            ? geometry.zoneCapacityBlocks()
            : report.writePointerBlocks();
    readableBlocks.set(zone, end);
    usedBlocks.set(zone, end);
    if (end > 0) {
      flags.set(zone, report.state().isOpen() ? WRITTEN_BEFORE | PROBABLY_OPEN : WRITTEN_BEFORE);
      landed[zone].add(0, end);
    }
  }

  boolean wasWrittenBefore(int zone) {
    return (flags.get(zone) & WRITTEN_BEFORE) != 0;
  }

  /// What the device has been caught at, or null.
  @Nullable String lie() {
    return lie;
  }

  /// The device is not to be believed any more.
  void caught(String what) {
    if (lie == null) {
      lie = what;
      LOG.log(Level.ERROR, "{0} lies (A12) and gets no more changes: {1}", device, what);
    }
  }

  // --- what is on its way

  /// `blocks` are sent to a zone.
  void sent(int zone, long blocks) {
    inFlight.incrementAndGet(zone);
    usedBlocks.addAndGet(zone, blocks);
  }

  /// The same, where nothing else is on its way, so that it is known where they belong.
  ///
  /// @return the first of them, or -1 where something is on its way
  long sentAtPointer(int zone, long blocks) {
    long pointer = usedBlocks.get(zone);
    if (!inFlight.compareAndSet(zone, 0, 1)) {
      return -1;
    }
    if (usedBlocks.compareAndSet(zone, pointer, pointer + blocks)) {
      return pointer;
    }
    inFlight.decrementAndGet(zone);
    return -1;
  }

  /// What was sent is answered for, or never will be.
  void answered(int zone) {
    inFlight.decrementAndGet(zone);
  }

  /// Requires: nothing in flight to the zone (D17, D18).
  void checkQuiet(int zone) {
    int count = inFlight.get(zone);
    if (count != 0) {
      throw new AssertionError(
          "zone " + zone + " is to be finished or reset with " + count + " writes in flight");
    }
  }

  // --- what the device answered

  /// A write is said to have landed at `lba`.
  ///
  /// @return the address, or [ZoneAddress#NONE] where that cannot be (A12)
  long landed(int zone, long lba, long blocks) {
    long start = zone * geometry.zoneSizeBlocks();
    long begin = lba - start;
    long end = begin + blocks;
    if (begin < 0
        || begin >= geometry.zoneCapacityBlocks()
        || end > geometry.zoneCapacityBlocks()) {
      caught(
          blocks
              + " blocks for zone "
              + zone
              + " are said to be at block "
              + Long.toUnsignedString(lba)
              + " of the device; the zone begins at "
              + start
              + " and has "
              + geometry.zoneCapacityBlocks());
      return ZoneAddress.NONE;
    }
    if (!landed[zone].add(begin, end)) {
      caught(
          blocks
              + " blocks are said to be at "
              + ZoneAddress.print(ZoneAddress.of(zone, begin))
              + ", where other data are");
      return ZoneAddress.NONE;
    }
    raise(readableBlocks, zone, end);
    raise(usedBlocks, zone, end);
    flags.set(
        zone,
        end == geometry.zoneCapacityBlocks() ? WRITTEN_BEFORE : WRITTEN_BEFORE | PROBABLY_OPEN);
    return ZoneAddress.of(zone, begin);
  }

  /// A write is said to have failed without effect.
  void refused(int zone, long blocks, ZoneFailure failure) {
    usedBlocks.addAndGet(zone, -blocks);
    switch (failure) {
      case FULL, READ_ONLY, OFFLINE -> full(zone);
      case BOUNDARY -> raise(usedBlocks, zone, geometry.zoneCapacityBlocks() - blocks + 1);
      case TOO_MANY_OPEN,
          TOO_MANY_ACTIVE,
          TOO_MANY_FILES,
          INVALID_WRITE,
          INVALID_TRANSITION,
          MEDIA_READ,
          MEDIA_WRITE,
          UNWRITTEN,
          CANCELED,
          TRANSPORT,
          PROTOCOL -> {}
    }
  }

  private void full(int zone) {
    usedBlocks.set(zone, geometry.zoneCapacityBlocks());
    flags.set(zone, WRITTEN_BEFORE);
  }

  /// A zone was reported after a failure that may have moved its pointer (A11).
  void reportedAgain(ZoneReport report) {
    long pointer = report.writePointerBlocks();
    if (pointer < 0) {
      full(report.zone());
    } else {
      raise(usedBlocks, report.zone(), pointer);
      raise(readableBlocks, report.zone(), pointer);
    }
  }

  /// Holds a report against what the device has said before: what has landed lies below the
  /// pointer.
  void check(ZoneReport report, long landedBefore) {
    if (report.writePointerBlocks() >= 0 && report.writePointerBlocks() < landedBefore) {
      caught(
          "zone "
              + report.zone()
              + " is reported with its pointer at block "
              + report.writePointerBlocks()
              + ", but data have landed up to block "
              + landedBefore);
    }
  }

  /// Up to where data of a zone have landed; to be asked before the report it is compared with.
  long landedEnd(int zone) {
    return landed[zone].end();
  }

  /// A zone has been reset.
  void reset(int zone) {
    landed[zone].clear();
    readableBlocks.set(zone, 0);
    usedBlocks.set(zone, 0);
    flags.set(zone, flags.get(zone) & WRITTEN_BEFORE);
  }

  /// A zone has been finished; how far it can be read does not change with that.
  void finished(int zone) {
    full(zone);
  }

  /// A zone has been opened or closed.
  void opened(int zone, boolean isOpen) {
    int before = flags.get(zone) & WRITTEN_BEFORE;
    flags.set(zone, isOpen ? before | PROBABLY_OPEN : before);
  }

  private static void raise(AtomicLongArray values, int index, long least) {
    long value = values.get(index);
    while (value < least && !values.compareAndSet(index, value, least)) {
      value = values.get(index);
    }
  }

  // --- what need not be asked

  /// Whether blocks have been written (D5): the device would perhaps answer zeros.
  boolean isReadable(long address, long blocks) {
    return blocks <= readableBlocks.get(ZoneAddress.zone(address)) - ZoneAddress.block(address);
  }

  /// The place in `group`, from `from` on, of a zone that probably has room. Places are counted
  /// twice round the group from `start`: first come open zones, then all.
  ///
  /// @return the place, or -1 where there is none
  int candidate(ZoneGroup group, int start, int from, long blocks) {
    for (int place = from; place < 2 * group.size(); place++) {
      int zone = zoneAt(group, start, place);
      boolean isOpen = (flags.get(zone) & PROBABLY_OPEN) != 0;
      boolean hasRoom = usedBlocks.get(zone) + blocks <= geometry.zoneCapacityBlocks();
      if (hasRoom && (isOpen || place >= group.size())) {
        return place;
      }
    }
    return -1;
  }

  static int zoneAt(ZoneGroup group, int start, int place) {
    return group.zone((start + place) % group.size());
  }

  // --- syncs

  /// A write has completed that a power cut may still take.
  void written() {
    writes.incrementAndGet();
  }

  /// How many of those there have been.
  long writes() {
    return writes.get();
  }

  /// A flush has completed that was sent when there had been so many.
  void synced(long count) {
    syncedWrites.accumulateAndGet(count, Math::max);
  }

  /// Whether a power cut takes nothing that has completed.
  boolean areAllSynced() {
    return syncedWrites.get() == writes.get();
  }
}
