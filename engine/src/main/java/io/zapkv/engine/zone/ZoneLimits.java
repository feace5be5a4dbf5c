package io.zapkv.engine.zone;

import io.zapkv.api.UnsupportedException;
import io.zapkv.zns.Geometry;

/// The least a device must have to hold a store.
public final class ZoneLimits {
  /// Zones 0 and 1 hold the metadata journals.
  public static final int METADATA_ZONES = 2;

  /// Two zones of metadata, one of log, one of tables, and one for each purpose in reserve, with
  /// two to move in.
  public static final int ZONES_MIN = 9;

  /// Two for metadata, one for the log, one for tables (F9).
  public static final int ACTIVE_ZONES_MIN = 4;

  /// One chunk with a block of a table in it.
  public static final int APPEND_BYTES_MIN = 4096;

  /// Room for a superblock, a snapshot and some edits.
  public static final long ZONE_BYTES_MIN = 64 << 10;

  private ZoneLimits() {}

  /// Refuses a device that is too small.
  ///
  /// @throws UnsupportedException naming the number
  public static void check(String device, Geometry geometry) {
    atLeast(device, "zones", ZONES_MIN, geometry.zones());
    atLeast(device, "open zones at once", ACTIVE_ZONES_MIN, geometry.openZonesMax());
    atLeast(device, "active zones at once", ACTIVE_ZONES_MIN, geometry.activeZonesMax());
    atLeast(device, "bytes in one append", APPEND_BYTES_MIN, geometry.appendBytesMax());
    atLeast(device, "bytes in a zone", ZONE_BYTES_MIN, geometry.zoneCapacityBytes());
  }

  private static void atLeast(String device, String what, long least, long found) {
    if (found < least) {
      throw new UnsupportedException(
          device,
          "at least " + least + " " + what,
          Long.toString(found),
          "use a device, or parameters of an emulated one, with more",
          null);
    }
  }
}
