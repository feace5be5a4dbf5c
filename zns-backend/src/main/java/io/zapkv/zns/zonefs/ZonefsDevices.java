package io.zapkv.zns.zonefs;

import io.zapkv.ring.RingFile;
import io.zapkv.ring.SystemCallException;
import io.zapkv.zns.DeviceFormatException;
import io.zapkv.zns.DeviceIoException;
import io.zapkv.zns.DeviceLockedException;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.GeometryException;
import io.zapkv.zns.RingSource;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.emulated.DeviceRings;
import io.zapkv.zns.emulated.StagingFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Opens the devices of this room: its door.
public final class ZonefsDevices {
  /// Zones written at the same time; each costs a thread.
  private static final int WRITERS_MAX = 8;

  private ZonefsDevices() {}

  /// Opens a mounted zonefs.
  ///
  /// @param name the device's name, as it is told to others
  /// @param rings asked once, when all else is there; closed with the device
  public static ZonedDevice open(
      String name, Path path, ZonefsOptions options, Supplier<RingSource> rings) {
    return open(name, MountedZonefs.at(name, path), options, DeviceRings.threads(), rings);
  }

  /// Whether a zonefs is mounted there.
  public static boolean isAt(Path path) {
    return MountedZonefs.isAt(path);
  }

  /// The geometry of a mounted zonefs.
  public static Geometry geometry(String name, Path path, ZonefsOptions options) {
    try (ZonefsMount mount = MountedZonefs.at(name, path)) {
      return mount.facts().geometry(name, statuses(mount), options.appendBytes());
    } catch (SystemCallException e) {
      throw new DeviceIoException(name, "looking at the files of its zones", e);
    }
  }

  /// Takes over the mount, whatever comes of it.
  static ZonedDevice open(
      String name,
      ZonefsMount mount,
      ZonefsOptions options,
      ThreadFactory threads,
      Supplier<RingSource> rings) {
    StagingFolder staging = null;
    List<ZoneLine> lines = List.of();
    boolean taken = false;
    try {
      MountFacts facts = mount.facts();
      boolean readOnly = options.readOnly() || facts.readOnly();
      refuseUnusable(name, facts, readOnly);
      lock(name, mount, !readOnly);
      List<ZoneFileStatus> statuses = statuses(mount);
      Geometry geometry = facts.geometry(name, statuses, options.appendBytes());
      facts.checkDescriptors(name, geometry);
      int gatherMax = gatherMax(options.gatherMax());
      Path folder = options.staging();
      staging = folder == null ? null : StagingFolder.open(name, folder, readOnly);
      lines = openLines(mount, statuses, geometry);
      ZonefsZones zones = new ZonefsZones(geometry, lines, readOnly);
      RingSource source = rings.get();
      int writers = Math.min(WRITERS_MAX, geometry.openZonesMax());
      ZonedDevice device =
          new ZonefsDevice(
              name,
              mount,
              zones,
              ZoneWriters.start(mount, zones, gatherMax, writers, threads),
              source,
              staging);
      taken = true;
      return device;
    } catch (SystemCallException e) {
      throw new DeviceIoException(name, "opening the files of its zones", e);
    } finally {
      if (!taken) {
        closeAll(mount, lines, staging);
      }
    }
  }

  private static void closeAll(
      ZonefsMount mount, List<ZoneLine> lines, @Nullable StagingFolder staging) {
    for (ZoneLine line : lines) {
      if (line.reader != null) {
        line.reader.close();
      }
    }
    if (staging != null) {
      staging.close();
    }
    mount.close();
  }

  private static void refuseUnusable(String name, MountFacts facts, boolean readOnly) {
    if (readOnly) {
      return;
    }
    if (facts.errors().equals("remount-ro")) {
      throw new DeviceFormatException(
          name,
          "it is mounted with errors=remount-ro, so that one bad zone would make all files read"
              + " only",
          "umount it, then mount -t zonefs -o errors=zone-ro,explicit-open "
              + facts.source()
              + " again");
    }
    if (!facts.mayWrite()) {
      throw new DeviceFormatException(
          name,
          "this process has no right to write any of its files",
          "give the files to its user: mkzonefs -o uid=…,gid=…,perm=660 " + facts.source());
    }
  }

  private static void lock(String name, ZonefsMount mount, boolean exclusive)
      throws SystemCallException {
    if (!mount.tryLock(exclusive)) {
      throw new DeviceLockedException(name, mount.lockHolder());
    }
  }

  private static int gatherMax(@Nullable Long asked) {
    if (asked == null) {
      return Round.TASKS_MAX;
    }
    if (asked < 1 || asked > Round.TASKS_MAX) {
      throw GeometryException.outOfRange("gather", asked, "1 to " + Round.TASKS_MAX);
    }
    return asked.intValue();
  }

  private static List<ZoneFileStatus> statuses(ZonefsMount mount) throws SystemCallException {
    List<ZoneFileStatus> statuses = new ArrayList<>(mount.facts().zones());
    for (int zone = 0; zone < mount.facts().zones(); zone++) {
      statuses.add(mount.status(zone));
    }
    return statuses;
  }

  private static List<ZoneLine> openLines(
      ZonefsMount mount, List<ZoneFileStatus> statuses, Geometry geometry)
      throws SystemCallException {
    List<ZoneLine> lines = new ArrayList<>(geometry.zones());
    boolean whole = false;
    try {
      for (int zone = 0; zone < geometry.zones(); zone++) {
        ZoneFileStatus status = statuses.get(zone);
        ZoneState state = status.state();
        RingFile reader = state == ZoneState.OFFLINE ? null : mount.open(zone, false);
        lines.add(new ZoneLine(zone, reader, state, status.sizeBytes() / geometry.blockBytes()));
      }
      whole = true;
      return lines;
    } finally {
      if (!whole) {
        for (ZoneLine line : lines) {
          if (line.reader != null) {
            line.reader.close();
          }
        }
      }
    }
  }
}
