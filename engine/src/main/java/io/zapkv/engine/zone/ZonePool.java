package io.zapkv.engine.zone;

import io.zapkv.api.CorruptionException;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZonedDevice;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Every zone of a device and where it stands: finds one that fits, counts the rest. Decides
/// nothing.
///
/// **Threading.** Guarded by the allocator's lock.
final class ZonePool {
  private final String device;
  private final ZoneLedger ledger;
  private final ZoneSpace[] spaces;
  private final ArrayDeque<ZoneSpace> writtenEmpty = new ArrayDeque<>();
  private final ArrayDeque<ZoneSpace> freshEmpty = new ArrayDeque<>();

  /// The zones as the device reports them now.
  ///
  /// @throws CorruptionException where the device has less in a zone than the ledger says
  ZonePool(ZonedDevice device, ZoneLedger ledger) {
    this.device = device.name();
    this.ledger = ledger;
    spaces = new ZoneSpace[device.geometry().zones()];
    for (ZoneReport report : device.report()) {
      spaces[report.zone()] = found(report);
    }
  }

  private ZoneSpace found(ZoneReport report) {
    int zone = report.zone();
    ZoneSpace space =
        new ZoneSpace(zone, ZoneUse.LEFTOVER, Lifetime.SHARED, report.capacityBlocks());
    if (zone < ZoneLimits.METADATA_ZONES) {
      space.use = ZoneUse.META;
      space.lifetime = Lifetime.META;
      space.holdsSlot = true;
      return space;
    }
    boolean lives = ledger.liveFiles(zone) > 0;
    ZoneState state = report.state();
    space.dead = state == ZoneState.READ_ONLY || state == ZoneState.OFFLINE;
    space.isToldLost = space.dead; // the step that ends recovery says so
    space.holdsSlot = state.isActive();
    switch (state) {
      case EMPTY -> {
        requireWritten(zone, 0);
        space.empty(report.capacityBlocks());
        (report.writtenBefore() ? writtenEmpty : freshEmpty).add(space);
      }
      case IMPLICITLY_OPEN, EXPLICITLY_OPEN, CLOSED -> {
        requireWritten(zone, report.writePointerBlocks());
        if (lives) {
          space.use = ZoneUse.PARTIAL;
          space.continued(report.writePointerBlocks());
        }
      }
      case FULL, READ_ONLY, OFFLINE -> {
        requireWritten(zone, report.capacityBlocks());
        space.takenBlocks = report.capacityBlocks();
        if (lives) {
          space.use = ZoneUse.SEALED;
        }
      }
    }
    return space;
  }

  private void requireWritten(int zone, long pointerBlocks) {
    if (ledger.liveBlocks(zone) > pointerBlocks) {
      throw new CorruptionException(
          device + ": zone " + zone,
          ledger.liveBlocks(zone) + " blocks of live tables",
          pointerBlocks + " blocks written: the device lost data it had promised to keep");
    }
  }

  ZoneSpace zone(int zone) {
    return spaces[zone];
  }

  int zones() {
    return spaces.length;
  }

  /// The zones in `use`, in zone order.
  List<ZoneSpace> all(ZoneUse use) {
    List<ZoneSpace> found = new ArrayList<>();
    for (ZoneSpace space : spaces) {
      if (space.use == use) {
        found.add(space);
      }
    }
    return found;
  }

  @Nullable ZoneSpace first(ZoneUse use) {
    for (ZoneSpace space : spaces) {
      if (space.use == use) {
        return space;
      }
    }
    return null;
  }

  /// Whether somebody holds a zone of `lifetime`.
  boolean isLeased(Lifetime lifetime) {
    for (ZoneSpace space : spaces) {
      if (space.use == ZoneUse.LEASED && space.lifetime == lifetime && space.holdsSlot) {
        return true;
      }
    }
    return false;
  }

  /// Whether a zone holds log, or held some and is not empty again.
  boolean hasLog() {
    for (ZoneSpace space : spaces) {
      if (space.lifetime == Lifetime.LOG && space.use != ZoneUse.EMPTY) {
        return true;
      }
    }
    return false;
  }

  /// Whether somebody is at work whose zone will give its slot back. The log keeps its zone for as
  /// long as nobody writes to it.
  boolean isSlotOnItsWay() {
    for (ZoneSpace space : spaces) {
      boolean isOnItsWay =
          switch (space.use) {
            case LEASED -> space.lifetime != Lifetime.LOG;
            case BUSY, RETIRING, RELEASED -> true;
            case META, EMPTY, PARTIAL, SEALED, LEFTOVER, DEAD -> false;
          };
      if (isOnItsWay && space.holdsSlot) {
        return true;
      }
    }
    return false;
  }

  /// The shared zone in `use` with the least room that is still enough: zones get filled one after
  /// the other.
  @Nullable ZoneSpace tightest(ZoneUse use, long wantBlocks) {
    return tightest(use, wantBlocks, null);
  }

  /// As [#tightest(ZoneUse, long)], of zones of one `lifetime`.
  @Nullable ZoneSpace tightest(ZoneUse use, long wantBlocks, @Nullable Lifetime lifetime) {
    ZoneSpace best = null;
    for (ZoneSpace space : spaces) {
      if (space.use == use
          && (use == ZoneUse.PARTIAL || space.lifetime.isShared())
          && (lifetime == null || space.lifetime == lifetime)
          && space.remainingBlocks() >= wantBlocks
          && (best == null || space.remainingBlocks() < best.remainingBlocks())) {
        best = space;
      }
    }
    return best;
  }

  /// Takes an empty zone. Written ones first: their blocks exist, so that a sync of them is cheap.
  @Nullable ZoneSpace takeEmpty(long wantBlocks) {
    for (ArrayDeque<ZoneSpace> empty : List.of(writtenEmpty, freshEmpty)) {
      for (ZoneSpace space : empty) {
        if (space.capacityBlocks >= wantBlocks) {
          empty.remove(space);
          return space;
        }
      }
    }
    return null;
  }

  /// Whether an empty zone is large enough: capacities may differ after a reset (D4).
  boolean hasEmpty(long wantBlocks) {
    for (ZoneSpace space : spaces) {
      if (space.use == ZoneUse.EMPTY && space.capacityBlocks >= wantBlocks) {
        return true;
      }
    }
    return false;
  }

  /// Puts back a zone that was leased and never written.
  void untouched(ZoneSpace space) {
    space.empty(space.capacityBlocks);
    writtenEmpty.addFirst(space);
  }

  /// Puts back a zone that was reset.
  void emptied(ZoneSpace space, long capacityBlocks) {
    space.empty(capacityBlocks);
    writtenEmpty.add(space);
  }

  int emptyZones() {
    return writtenEmpty.size() + freshEmpty.size();
  }

  /// A zone that holds a slot, is leased to nobody and cannot give it back by itself; of those that
  /// could be written, only with less than `roomBlocks` left.
  @Nullable ZoneSpace idleWithSlot(long roomBlocks, int liveFilesMin) {
    ZoneSpace best = null;
    for (ZoneSpace space : spaces) {
      boolean idle =
          space.use == ZoneUse.PARTIAL
              || space.use == ZoneUse.SEALED
              || space.use == ZoneUse.LEFTOVER;
      if (idle
          && space.holdsSlot
          && !space.finishFailed
          && ledger.liveFiles(space.zone) >= liveFilesMin
          && space.remainingBlocks() < roomBlocks
          && (best == null || space.remainingBlocks() < best.remainingBlocks())) {
        best = space;
      }
    }
    return best;
  }

  /// Zones in which nothing lives and nobody writes.
  List<ZoneSpace> lifeless() {
    List<ZoneSpace> found = new ArrayList<>();
    for (ZoneSpace space : spaces) {
      boolean idle = space.use == ZoneUse.SEALED || space.use == ZoneUse.PARTIAL;
      if (idle && ledger.liveFiles(space.zone) == 0) {
        found.add(space);
      }
    }
    return found;
  }

  /// Blocks in empty zones and in what is left of shared ones.
  long freeBlocks() {
    long blocks = 0;
    for (ZoneSpace space : spaces) {
      if (space.use == ZoneUse.EMPTY || space.use == ZoneUse.PARTIAL) {
        blocks += space.remainingBlocks();
      }
    }
    return blocks;
  }

  /// Blocks in empty zones but for `keptZones` of them, and in what is left of shared ones where
  /// that is no less than `crumbBlocks`.
  long freeBlocks(int keptZones, long crumbBlocks) {
    long blocks = 0;
    int kept = 0;
    for (ZoneSpace space : spaces) {
      if (space.use == ZoneUse.EMPTY && kept < keptZones) {
        kept++;
      } else if (space.use == ZoneUse.EMPTY
          || (space.use == ZoneUse.PARTIAL && space.remainingBlocks() >= crumbBlocks)) {
        blocks += space.remainingBlocks();
      }
    }
    return blocks;
  }

  /// Zones that hold one of the device's slots, the metadata among them.
  int slotsUsed() {
    int used = 0;
    for (ZoneSpace space : spaces) {
      used += space.holdsSlot ? 1 : 0;
    }
    return used;
  }

  List<ZoneStanding> standings() {
    List<ZoneStanding> standings = new ArrayList<>();
    for (ZoneSpace space : spaces) {
      standings.add(
          new ZoneStanding(
              space.zone,
              space.use,
              space.lifetime,
              ledger.generation(space.zone),
              ledger.liveFiles(space.zone),
              ledger.liveBlocks(space.zone),
              space.takenBlocks,
              space.capacityBlocks));
    }
    return standings;
  }
}
