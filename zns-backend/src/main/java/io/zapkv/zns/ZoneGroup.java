package io.zapkv.zns;

import java.util.Arrays;

/// An unchanging set of zones for an append that may land in any of them (S2).
public final class ZoneGroup {
  private final int[] zones;

  private ZoneGroup(int[] zones) {
    this.zones = zones;
  }

  /// A group of these zones, in this order, each named once.
  public static ZoneGroup of(int... zones) {
    if (zones.length == 0) {
      throw new IllegalArgumentException("a zone group needs at least one zone");
    }
    if (Arrays.stream(zones).distinct().count() != zones.length) {
      throw new IllegalArgumentException(
          "a zone group names a zone twice: " + Arrays.toString(zones));
    }
    return new ZoneGroup(zones.clone());
  }

  /// How many zones there are.
  public int size() {
    return zones.length;
  }

  /// The zone at `index`, from zero.
  public int zone(int index) {
    return zones[index];
  }

  @Override
  public String toString() {
    return "zones " + Arrays.toString(zones);
  }
}
