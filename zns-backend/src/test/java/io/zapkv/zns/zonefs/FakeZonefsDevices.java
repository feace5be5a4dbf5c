package io.zapkv.zns.zonefs;

import io.zapkv.ring.Rings.Choice;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.emulated.DeviceRings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Opens `zonefs:` devices over a [FakeZonefs].
public final class FakeZonefsDevices {
  private static final ZonefsOptions PLAIN = new ZonefsOptions(null, null, null, false);

  private FakeZonefsDevices() {}

  /// A device of the contract's geometry, with 3 open zones at most.
  ///
  /// @param folder where the bytes of zones lie in files, so that the kernel can read them
  public static ZonedDevice ofContract(
      Choice ring, Path folder, @Nullable Path staging, int activeZonesMax) {
    FakeZonefs mount = new FakeZonefs(8, 4096, 96 << 10, 3, activeZonesMax);
    mount.keepIn(folder);
    return ZonefsDevices.open(
        "zonefs:/fake",
        mount,
        new ZonefsOptions(16L << 10, null, staging, false),
        DeviceRings.threads(),
        () -> DeviceRings.forFiles(ring));
  }

  static ZonedDevice open(FakeZonefs mount) {
    return open(mount, PLAIN);
  }

  static ZonedDevice open(FakeZonefs mount, ZonefsOptions options) {
    return ZonefsDevices.open(
        "zonefs:/fake",
        mount,
        options,
        DeviceRings.threads(),
        () -> DeviceRings.forFiles(Choice.POOL));
  }
}
