package io.zapkv.engine.zone;

import io.zapkv.api.CorruptionException;
import io.zapkv.api.DeviceException;
import io.zapkv.api.OutOfSpaceException;
import io.zapkv.engine.base.Invariants;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZonedDevice;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Says who may append where, and when a zone may be emptied.
///
/// ```
///                lease                close           retire        released       reclaim
///   EMPTY ───────────────► LEASED ──────────► SEALED ───────► RETIRING ───► RELEASED ───► EMPTY
///                           ▲  │ room left, for tables  ▲
///                     lease │  └──────► PARTIAL ────────┘ finish
///                           └──────────────┘
/// ```
///
/// A caller of [#lease] waits while the device's slots are taken. It gets an exception only where
/// there is no zone for its [Purpose] and none on its way.
///
/// **Threading.** Any thread. Nothing is reset or finished under the lock (D20).
///
/// **Bounds.** Zones that hold a slot of the device are counted, so that the device refuses none
/// (S6, D13). While the log holds none, one slot is left to it.
///
/// **Failures.** [OutOfSpaceException]; [DeviceException] where the device frees no slot, or after
/// [#stop].
public final class ZoneAllocator implements AutoCloseable {
  /// For the log, a flush, a merge, and one of them that goes on to its next zone.
  private static final int SLOTS_READY = 4;

  /* Slots. A device has two limits, open zones and active ones (open or closed). Every zone that is
   * written in part counts against the smaller of the two here, closed ones too: then neither limit
   * can be passed, and no zone has to be closed to open another. A zone gives its slot back when all
   * its blocks were appended and answered, when it was finished or reset, or when the device took it
   * away.
   *
   * No deadlock: whoever waits for a slot has nothing in flight of its own (ZoneSource), so every
   * lease that another thread holds goes on to its end without it. Zones that hold a slot and are
   * leased to nobody do not end by themselves, so the waiter finishes one: one that may not be
   * written anyhow first, then the shared zone with the least room.
   */
  /// Kept free for the log and for zones that are filled at once, where tables of different levels
  /// could do with one zone.
  private static final int SLOTS_SPARE = 3;

  /// What is left of a zone when it is worth no other table: less than one part of so many.
  private static final int SCRAP_PART = 64;

  /// What is left of a zone when no table is begun there while zones are short, likewise.
  private static final int CRUMB_PART = 8;

  /// Blocks of a table beside its entries, at most: index, filter, footer, and the ends of chunks.
  private static final int TABLE_BLOCKS = 8;

  private final ZonedDevice device;
  private final ZoneLedger ledger;
  private final ZoneReserve reserve;
  private final ZoneEmptier emptier;
  private final int slotsMax;

  private final long scrapBlocks;
  private final long crumbBlocks;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ZonePool pool;
  private boolean replayed;
  private @Nullable Throwable stopped;

  /// An allocator over the zones of `device` behind the metadata, as the device reports them now.
  ///
  /// @param ledger what lives where, as the manifest remembers it
  /// @param awaitQuiescence waits until no reader is left that could look into a retired zone; not
  ///   called under the lock
  /// @throws CorruptionException where the device has less in a zone than the ledger says
  public ZoneAllocator(
      ZonedDevice device, ZoneLedger ledger, ZoneReserve reserve, Runnable awaitQuiescence) {
    Geometry geometry = device.geometry();
    ZoneLimits.check(device.name(), geometry);
    this.device = device;
    this.ledger = ledger;
    this.reserve = reserve;
    slotsMax = Math.min(geometry.openZonesMax(), geometry.activeZonesMax());
    scrapBlocks = scrapBlocks(geometry.zoneCapacityBlocks());
    crumbBlocks = crumbBlocks(geometry.zoneCapacityBlocks());
    pool = new ZonePool(device, ledger);
    emptier = new ZoneEmptier(device, pool, lock, changed, awaitQuiescence, () -> replayed);
  }

  /// With fewer blocks left than this, a zone of `zoneBlocks` that tables share takes no other one.
  public static long scrapBlocks(long zoneBlocks) {
    return Math.max(1, zoneBlocks / SCRAP_PART);
  }

  /// With fewer blocks left than this, a zone of `zoneBlocks` takes no other table while zones are
  /// short: what a table needs beside its entries, and some of these.
  public static long tableBlocksMin(long zoneBlocks) {
    return Math.min(zoneBlocks, crumbBlocks(zoneBlocks) + TABLE_BLOCKS);
  }

  private static long crumbBlocks(long zoneBlocks) {
    return Math.max(1, zoneBlocks / CRUMB_PART);
  }

  /// Refuses a device that has less in its zones than `ledger` says. Changes nothing.
  ///
  /// @throws CorruptionException naming the zone
  public static void requireHeld(ZonedDevice device, ZoneLedger ledger) {
    new ZonePool(device, ledger);
  }

  /// A lease on a zone of `lifetime` with at least `wantBlocks` blocks left; waits for a slot.
  ///
  /// Shared zones that have room are handed out again before an empty one is begun; where no slot
  /// is free, two holders share one.
  public ZoneLease lease(Lifetime lifetime, long wantBlocks, Purpose purpose) {
    Invariants.check(lifetime != Lifetime.META, "metadata zones are not leased");
    lock.lock();
    try {
      while (true) {
        ZoneSpace space = pick(lifetime, wantBlocks, purpose);
        if (space != null) {
          return leaseOf(space, lifetime);
        }
        requireGoing();
        boolean full = pool.emptyZones() <= keptFrom(purpose) || !pool.hasEmpty(wantBlocks);
        boolean mayTryAgain = full ? makeRoom(purpose) : makeSlot();
        if (!mayTryAgain) {
          changed.awaitUninterruptibly();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private int keptFrom(Purpose purpose) {
    return reserve.keptFrom(purpose, pool.hasLog());
  }

  private ZoneLease leaseOf(ZoneSpace space, Lifetime lifetime) {
    space.use = ZoneUse.LEASED;
    space.lifetime = lifetime;
    space.holdsSlot = true;
    return new ZoneLease(lock, space, ledger.generation(space.zone), this, ledger);
  }

  private @Nullable ZoneSpace pick(Lifetime lifetime, long wantBlocks, Purpose purpose) {
    if (lifetime.isShared()) {
      // Where zones are short, no table is smeared over what little is left of several: each of
      // these would stay until the table goes.
      boolean isShort = pool.emptyZones() <= reserve.total();
      long worthBlocks = isShort ? Math.max(wantBlocks, crumbBlocks) : wantBlocks;
      ZoneSpace alike = pool.tightest(ZoneUse.PARTIAL, worthBlocks, lifetime);
      if (alike != null) {
        return alike;
      }
      ZoneSpace partial = pool.tightest(ZoneUse.PARTIAL, worthBlocks);
      boolean mayBeginAnother =
          pool.slotsUsed() + SLOTS_SPARE < slotsMax && pool.emptyZones() > keptFrom(purpose);
      if (partial != null && !mayBeginAnother) {
        return partial;
      }
    }
    boolean logIsServed = lifetime == Lifetime.LOG || pool.isLeased(Lifetime.LOG);
    int slots = logIsServed ? slotsMax : slotsMax - 1;
    if (pool.emptyZones() > keptFrom(purpose) && pool.slotsUsed() < slots) {
      ZoneSpace empty = pool.takeEmpty(wantBlocks);
      if (empty != null) {
        return empty;
      }
    }
    if (!lifetime.isShared()) {
      return null;
    }
    ZoneSpace crumb = pool.tightest(ZoneUse.PARTIAL, wantBlocks);
    return crumb != null ? crumb : pool.tightest(ZoneUse.LEASED, wantBlocks);
  }

  /// Empties a zone where one may be; throws where none will come.
  ///
  /// @return whether to look again at once
  private boolean makeRoom(Purpose purpose) {
    ZoneSpace released = pool.first(ZoneUse.RELEASED);
    if (released != null) {
      emptier.reset(List.of(released));
      return true;
    }
    if (pool.first(ZoneUse.BUSY) == null) {
      throw new OutOfSpaceException(
          device.name(),
          "an empty zone beside the " + keptFrom(purpose) + " kept from " + purpose,
          pool.emptyZones() + " of " + pool.zones() + " zones empty");
    }
    return false;
  }

  /// Frees a slot where one may be freed; throws where none will be.
  ///
  /// @return whether to look again at once
  private boolean makeSlot() {
    ZoneSpace idle = pool.idleWithSlot(Long.MAX_VALUE, 0);
    if (idle != null) {
      emptier.finish(idle);
      return true;
    }
    ZoneSpace released = pool.first(ZoneUse.RELEASED);
    if (released != null) {
      emptier.reset(List.of(released));
      return true;
    }
    if (!pool.isSlotOnItsWay()) {
      throw new DeviceException(
          device.name(),
          "a zone that can be finished or reset, so that another may be opened",
          pool.slotsUsed() + " of " + slotsMax + " active zones, and the device does neither",
          "close the store, cure the device, and open it again",
          null);
    }
    return false;
  }

  /// Ends all waiting, now and later: the store has failed, and nobody frees anything any more.
  public void stop(Throwable why) {
    lock.lock();
    try {
      stopped = stopped == null ? why : stopped;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void requireGoing() {
    if (stopped != null) {
      throw new DeviceException(
          device.name(),
          "a store in which zones become free",
          "a failure before: " + stopped.getMessage(),
          "close the store, cure the device, and open it again",
          stopped);
    }
  }

  /// Zones in which nothing lives and nobody writes, to be named in an edit with the generation
  /// after [ZoneLedger#generation]; from now on they are leased to nobody. When that edit is
  /// durable, tell [#released].
  public int[] retire() {
    lock.lock();
    try {
      List<ZoneSpace> lifeless = pool.lifeless();
      for (ZoneSpace space : lifeless) {
        space.writable = false;
        space.use = space.dead ? ZoneUse.DEAD : ZoneUse.RETIRING;
      }
      return lifeless.stream()
          .filter(space -> space.use == ZoneUse.RETIRING)
          .mapToInt(space -> space.zone)
          .toArray();
    } finally {
      lock.unlock();
    }
  }

  /// Zones that turned read-only or went offline and in which nothing lives any more, each told
  /// once: to be named in an edit as given up.
  public List<Integer> newlyLost() {
    lock.lock();
    try {
      List<Integer> lost = new ArrayList<>();
      for (ZoneSpace space : pool.all(ZoneUse.DEAD)) {
        if (space.dead && !space.isToldLost) {
          space.isToldLost = true;
          lost.add(space.zone);
        }
      }
      return lost;
    } finally {
      lock.unlock();
    }
  }

  /// The edit that names these zones is durable (D18, D22): they may be reset once no reader is
  /// left.
  public void released(int[] zones) {
    lock.lock();
    try {
      for (int zone : zones) {
        ZoneSpace space = pool.zone(zone);
        Invariants.check(space.use == ZoneUse.RETIRING, "a zone was released that nobody retired");
        ledger.advance(zone);
        space.use = ZoneUse.RELEASED;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Resets all released zones, and where slots are short finishes those of which nothing useful is
  /// left: for a background lane. A finish may take half a second (D20), and a zone whose tables
  /// die gives its slot back with its reset.
  ///
  /// @return how many zones became empty
  public int reclaim() {
    lock.lock();
    try {
      int emptied = emptier.reset(pool.all(ZoneUse.RELEASED));
      // What holds nothing alive will be reset instead.
      for (ZoneSpace scrap = scrap(); scrap != null; scrap = scrap()) {
        emptier.finish(scrap);
      }
      return emptied;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable ZoneSpace scrap() {
    boolean isShort = slotsMax - pool.slotsUsed() < SLOTS_READY;
    return isShort ? pool.idleWithSlot(scrapBlocks, 1) : null;
  }

  /// Called with the lock held after anything changed in a leased zone.
  void settle(ZoneSpace space) {
    if (space.isFilled()) {
      space.holdsSlot = false;
      space.writable = false;
    }
    if (space.holders == 0 && space.pendingBlocks == 0 && space.use == ZoneUse.LEASED) {
      if (space.takenBlocks == 0 && space.writable) {
        pool.untouched(space);
      } else if (space.remainingBlocks() > 0 && space.lifetime != Lifetime.LOG) {
        space.use = ZoneUse.PARTIAL;
      } else {
        space.use = ZoneUse.SEALED;
        space.writable = false;
        space.landed = new BitSet();
      }
    }
    changed.signalAll();
  }

  /// The zones that held something when the store was opened though no table lives in them: the log
  /// to replay, and what was never published.
  public int[] leftovers() {
    lock.lock();
    try {
      return pool.all(ZoneUse.LEFTOVER).stream().mapToInt(space -> space.zone).toArray();
    } finally {
      lock.unlock();
    }
  }

  /// A leftover that nothing will be read from: [#retire] may take it.
  public void leftoverDone(int zone) {
    lock.lock();
    try {
      ZoneSpace space = pool.zone(zone);
      Invariants.check(space.use == ZoneUse.LEFTOVER, "a zone that is no leftover is given up");
      space.use = ZoneUse.SEALED;
    } finally {
      lock.unlock();
    }
  }

  /// The log has been replayed and all it held is in tables: [#retire] may take the leftovers.
  public void leftoversDone() {
    lock.lock();
    try {
      replayed = true;
      for (ZoneSpace space : pool.all(ZoneUse.LEFTOVER)) {
        space.use = ZoneUse.SEALED;
      }
    } finally {
      lock.unlock();
    }
  }

  /// Zones with nothing written in them.
  public int emptyZones() {
    lock.lock();
    try {
      return pool.emptyZones();
    } finally {
      lock.unlock();
    }
  }

  /// Empty zones beyond what is kept in reserve; negative where the reserve is being used. New
  /// writes slow down before it reaches zero.
  public int spareZones() {
    return emptyZones() - reserve.total();
  }

  /// Blocks that can be written without emptying a zone: empty zones and what is left of shared
  /// ones.
  public long freeBlocks() {
    lock.lock();
    try {
      return pool.freeBlocks();
    } finally {
      lock.unlock();
    }
  }

  /// Blocks that can be written for `purpose` without emptying a zone. What is left of a shared
  /// zone counts where it is worth a table.
  public long freeBlocks(Purpose purpose) {
    lock.lock();
    try {
      return pool.freeBlocks(keptFrom(purpose), crumbBlocks);
    } finally {
      lock.unlock();
    }
  }

  /// Zones that take no more, where what is dead is lost until all that lives there is gone, with
  /// the number of files that live in each.
  public Map<Integer, Integer> sealedZones() {
    lock.lock();
    try {
      Map<Integer, Integer> files = new HashMap<>();
      for (ZoneSpace space : pool.all(ZoneUse.SEALED)) {
        files.put(space.zone, ledger.liveFiles(space.zone));
      }
      for (ZoneSpace space : pool.all(ZoneUse.PARTIAL)) {
        if (space.remainingBlocks() < tableBlocksMin(space.capacityBlocks)) {
          files.put(space.zone, ledger.liveFiles(space.zone));
        }
      }
      return files;
    } finally {
      lock.unlock();
    }
  }

  /// Whether zones wait to be emptied, or are being emptied now: the reclaim lane has work, and
  /// there will be room.
  public boolean hasWork() {
    lock.lock();
    try {
      return pool.first(ZoneUse.RETIRING) != null
          || pool.first(ZoneUse.RELEASED) != null
          || pool.first(ZoneUse.BUSY) != null
          || !pool.lifeless().isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /// Every zone as it stands, in zone order.
  public List<ZoneStanding> standings() {
    lock.lock();
    try {
      return pool.standings();
    } finally {
      lock.unlock();
    }
  }

  /// Zones that hold one of the device's slots, the metadata among them.
  int slotsUsed() {
    lock.lock();
    try {
      return pool.slotsUsed();
    } finally {
      lock.unlock();
    }
  }

  /// Closes the queue it resets zones through. Idempotent.
  @Override
  public void close() {
    emptier.close();
  }
}
