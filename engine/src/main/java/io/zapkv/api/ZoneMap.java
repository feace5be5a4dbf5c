package io.zapkv.api;

import java.util.List;

/// Every zone of a device at one moment.
///
/// @param device the name it was opened by
/// @param blockBytes the device's block, in bytes
/// @param openZonesMax zones the device lets be open at once
/// @param activeZonesMax zones the device lets be open or closed at once
/// @param zones the zones in their order
public record ZoneMap(
    String device, int blockBytes, int openZonesMax, int activeZonesMax, List<ZoneView> zones) {
  /// Keeps a copy of the list.
  public ZoneMap {
    zones = List.copyOf(zones);
  }

  /// How many zones are in a state.
  public long count(ZoneView.State state) {
    return zones.stream().filter(zone -> zone.state() == state).count();
  }

  /// How many zones the store uses in a way.
  public long count(ZoneView.Use use) {
    return zones.stream().filter(zone -> zone.use() == use).count();
  }

  /// How full with data the full zones of a use are on average: 0 to 1; 0 where there are none.
  public double sealedFill(ZoneView.Use use) {
    return zones.stream()
        .filter(zone -> zone.use() == use && zone.state() == ZoneView.State.FULL)
        .mapToDouble(ZoneView::fill)
        .average()
        .orElse(0);
  }
}
