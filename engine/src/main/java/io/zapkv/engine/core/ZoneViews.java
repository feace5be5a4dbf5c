package io.zapkv.engine.core;

import io.zapkv.api.ZoneMap;
import io.zapkv.api.ZoneView;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.version.Version;
import io.zapkv.engine.zone.Extent;
import io.zapkv.engine.zone.ZoneStanding;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZonedDevice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Draws the map of zones: what the device says of each, and what the store keeps in it.
public final class ZoneViews {
  private ZoneViews() {}

  /// The map.
  ///
  /// @param standings what the allocator knows, in zone order
  /// @param version the tables
  public static ZoneMap of(ZonedDevice device, List<ZoneStanding> standings, Version version) {
    Geometry geometry = device.geometry();
    Map<Integer, List<Long>> tables = tablesByZone(version);
    List<ZoneView> views = new ArrayList<>();
    for (ZoneStanding standing : standings) {
      views.add(view(device, standing, tables.getOrDefault(standing.zone(), List.of())));
    }
    return new ZoneMap(
        device.name(),
        geometry.blockBytes(),
        geometry.openZonesMax(),
        geometry.activeZonesMax(),
        views);
  }

  private static ZoneView view(ZonedDevice device, ZoneStanding standing, List<Long> tables) {
    int blockBytes = device.geometry().blockBytes();
    ZoneReport report = device.report(standing.zone());
    long written =
        switch (report.state()) {
          case EMPTY, OFFLINE -> 0;
          case IMPLICITLY_OPEN, EXPLICITLY_OPEN, CLOSED -> report.writePointerBlocks();
          case FULL, READ_ONLY -> report.capacityBlocks();
        };
    return new ZoneView(
        standing.zone(),
        state(report.state()),
        use(standing),
        standing.generation(),
        written * blockBytes,
        report.capacityBlocks() * blockBytes,
        standing.liveBlocks() * blockBytes,
        tables);
  }

  private static ZoneView.State state(ZoneState state) {
    return switch (state) {
      case EMPTY -> ZoneView.State.EMPTY;
      case IMPLICITLY_OPEN, EXPLICITLY_OPEN -> ZoneView.State.OPEN;
      case CLOSED -> ZoneView.State.CLOSED;
      case FULL -> ZoneView.State.FULL;
      case READ_ONLY -> ZoneView.State.READ_ONLY;
      case OFFLINE -> ZoneView.State.OFFLINE;
    };
  }

  private static ZoneView.Use use(ZoneStanding standing) {
    return switch (standing.use()) {
      case META -> ZoneView.Use.META;
      case EMPTY -> ZoneView.Use.FREE;
      case LEFTOVER -> ZoneView.Use.UNKNOWN;
      case RETIRING, RELEASED, BUSY, DEAD -> ZoneView.Use.DEAD;
      case LEASED, PARTIAL, SEALED ->
          switch (standing.lifetime()) {
            case META -> ZoneView.Use.META;
            case LOG -> ZoneView.Use.LOG;
            case LEVEL0, UPPER, SHARED -> ZoneView.Use.SHARED;
            case ZONE -> ZoneView.Use.TABLE;
          };
    };
  }

  private static Map<Integer, List<Long>> tablesByZone(Version version) {
    Map<Integer, List<Long>> tables = new HashMap<>();
    for (int level = 0; level < Version.LEVELS; level++) {
      for (TableMeta table : version.tables(level)) {
        for (Extent extent : table.extents()) {
          tables.computeIfAbsent(extent.zone(), _ -> new ArrayList<>()).add(table.id());
        }
      }
    }
    tables.values().forEach(ids -> ids.sort(null));
    return tables;
  }
}
