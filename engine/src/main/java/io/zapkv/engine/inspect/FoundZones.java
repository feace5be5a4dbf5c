package io.zapkv.engine.inspect;

import io.zapkv.api.DeviceException;
import io.zapkv.engine.append.BlockSource;
import io.zapkv.engine.append.ChunkWalker;
import io.zapkv.engine.format.Envelope;
import io.zapkv.engine.format.EnvelopeKind;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.version.Recovered;
import io.zapkv.engine.version.Version;
import io.zapkv.engine.zone.Extent;
import io.zapkv.engine.zone.Lifetime;
import io.zapkv.engine.zone.ZoneLedger;
import io.zapkv.engine.zone.ZoneLimits;
import io.zapkv.engine.zone.ZoneStanding;
import io.zapkv.engine.zone.ZoneUse;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZonedDevice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Says where each zone of a closed store stands: what an allocator would, without being able to
/// change anything, and a little more, since it looks into zones in which no table lives.
///
/// **Threading.** One thread.
final class FoundZones {
  private final ZonedDevice device;
  private final BlockSource source;
  private final Recovered found;
  private final ZoneLedger ledger;
  private final Set<Integer> filledByOne;

  FoundZones(ZonedDevice device, BlockSource source, Recovered found) {
    this.device = device;
    this.source = source;
    this.found = found;
    this.ledger = found.ledger();
    this.filledByOne = filledByOne(found.version());
  }

  /// Every zone, in zone order.
  List<ZoneStanding> standings() {
    List<ZoneStanding> standings = new ArrayList<>();
    for (ZoneReport report : device.report()) {
      ZoneUse use = use(report);
      standings.add(
          new ZoneStanding(
              report.zone(),
              use,
              lifetime(report, use),
              ledger.generation(report.zone()),
              ledger.liveFiles(report.zone()),
              ledger.liveBlocks(report.zone()),
              writtenBlocks(report),
              report.capacityBlocks()));
    }
    return standings;
  }

  /// Up to where a zone has to be looked through: its pointer means something only while it is
  /// active (D16).
  static long writtenBlocks(ZoneReport report) {
    return switch (report.state()) {
      case EMPTY, OFFLINE -> 0;
      case IMPLICITLY_OPEN, EXPLICITLY_OPEN, CLOSED -> report.writePointerBlocks();
      case FULL, READ_ONLY -> report.capacityBlocks();
    };
  }

  private ZoneUse use(ZoneReport report) {
    if (report.zone() < ZoneLimits.METADATA_ZONES) {
      return ZoneUse.META;
    }
    if (ledger.liveFiles(report.zone()) > 0) {
      return report.state().isActive() ? ZoneUse.PARTIAL : ZoneUse.SEALED;
    }
    return switch (report.state()) {
      case EMPTY -> ZoneUse.EMPTY;
      case OFFLINE -> ZoneUse.DEAD;
      case IMPLICITLY_OPEN, EXPLICITLY_OPEN, CLOSED, FULL, READ_ONLY -> useOfLeftover(report);
    };
  }

  /// The first chunk tells: things of one lifetime share a zone.
  private ZoneUse useOfLeftover(ZoneReport report) {
    try (ChunkWalker walker = new ChunkWalker(source, report.zone(), writtenBlocks(report))) {
      if (!walker.next() || walker.envelope().storeId() != found.storeId()) {
        return ZoneUse.LEFTOVER;
      }
      Envelope first = walker.envelope();
      boolean isLog =
          first.kind() == EnvelopeKind.LOG
              && first.generation() == ledger.generation(report.zone());
      return isLog ? ZoneUse.SEALED : ZoneUse.DEAD;
    } catch (DeviceException _) {
      return ZoneUse.LEFTOVER;
    }
  }

  private Lifetime lifetime(ZoneReport report, ZoneUse use) {
    if (use == ZoneUse.META) {
      return Lifetime.META;
    }
    if (ledger.liveFiles(report.zone()) == 0) {
      return Lifetime.LOG;
    }
    boolean isFull = report.state() == ZoneState.FULL || report.state() == ZoneState.READ_ONLY;
    boolean isFilled =
        ledger.liveFiles(report.zone()) == 1
            && ledger.liveBlocks(report.zone()) > report.capacityBlocks() / 2;
    return isFull && isFilled && filledByOne.contains(report.zone())
        ? Lifetime.ZONE
        : Lifetime.SHARED;
  }

  /// Zones of tables that have no other: only these are cut to fill one.
  private static Set<Integer> filledByOne(Version version) {
    Set<Integer> zones = new HashSet<>();
    for (int level = 1; level < Version.LEVELS; level++) {
      for (TableMeta table : version.tables(level)) {
        List<Extent> extents = table.extents();
        if (extents.size() == 1) {
          zones.add(extents.getFirst().zone());
        }
      }
    }
    return zones;
  }
}
