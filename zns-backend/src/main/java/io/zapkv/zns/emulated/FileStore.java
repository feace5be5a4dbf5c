package io.zapkv.zns.emulated;

import io.zapkv.ring.RingFile;
import io.zapkv.zns.DeviceIoException;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.GeometryException;
import io.zapkv.zns.StagingStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Zones in the files of a folder.
///
/// **Threading.** Any thread.
///
/// **Memory.** One arena holds every mapping of the device; it is closed with it, after which a use
/// of any of them is an [IllegalStateException].
final class FileStore implements ZoneStore {
  private final String device;
  private final DeviceFolder folder;
  private final DeviceLock lock;
  private final Arena arena;
  private final ZoneTable table;
  private final TableForce tableForce;
  private final StagingStore staging;
  private final boolean readOnly;
  private final FileUse use;
  private final ZoneFile[] zones;
  private final RingFile[] discardOfZone;
  private final RingFile allZones = new ActionFile(this::syncAll);

  private FileStore(
      String device,
      DeviceFolder folder,
      DeviceLock lock,
      Arena arena,
      ZoneTable table,
      boolean readOnly,
      FileUse use) {
    this.device = device;
    this.folder = folder;
    this.lock = lock;
    this.arena = arena;
    this.table = table;
    this.readOnly = readOnly;
    this.use = use;
    tableForce = new TableForce(table);
    staging = new FileStaging(folder.staging(), arena, readOnly);
    Geometry geometry = table.geometry();
    zones = new ZoneFile[geometry.zones()];
    discardOfZone = new RingFile[use.discards() ? geometry.zones() : 0];
    for (int zone = 0; zone < zones.length; zone++) {
      ZoneFile file =
          new ZoneFile(
              geometry, zone, folder.real(), folder.zone(zone), readOnly, use.direct(), tableForce);
      zones[zone] = file;
      if (use.discards()) {
        discardOfZone[zone] = new ActionFile(file::discard);
      }
    }
  }

  /// Opens the device in a folder; makes both where they are not there.
  ///
  /// @param bootId tells one boot of the machine from another; empty where the system does not
  /// @param use how the files are used
  static FileStore open(
      String device, Path path, GeometryChoice choice, FileUse use, String bootId) {
    if (!new DeviceFolder(path).hasTable()) {
      // Wrong numbers are told before a folder is made for them.
      choice.choose(null);
    }
    try {
      DeviceFolder folder = DeviceFolder.prepare(device, path);
      DeviceLock lock = DeviceLock.exclusive(device, folder.real(), folder.lock());
      return underLock(
          lock,
          arena -> {
            if (!folder.hasTable()) {
              Geometry geometry = choice.choose(null);
              checkBlocks(geometry, folder.real(), use.direct());
              ZoneTable.create(folder.table(), geometry, bootId);
              PrivateFiles.syncFolder(folder.real());
            } else {
              // Asked before anything is changed.
              Geometry stored = ZoneTable.read(device, folder.table(), bootId, arena).geometry();
              checkBlocks(choice.choose(stored), folder.real(), use.direct());
            }
            ZoneTable table = ZoneTable.open(device, folder.table(), bootId, arena);
            return new FileStore(device, folder, lock, arena, table, false, use);
          });
    } catch (IOException e) {
      throw new DeviceIoException(device, "opening it", e);
    }
  }

  /// Opens the device that is in a folder, and changes nothing there.
  static FileStore openReadOnly(
      String device, Path path, GeometryChoice choice, boolean direct, String bootId) {
    try {
      DeviceFolder folder = DeviceFolder.existing(device, path);
      DeviceLock lock = DeviceLock.shared(device, folder.real(), folder.lock());
      return underLock(
          lock,
          arena -> {
            ZoneTable table = ZoneTable.read(device, folder.table(), bootId, arena);
            checkBlocks(choice.choose(table.geometry()), folder.real(), direct);
            return new FileStore(
                device, folder, lock, arena, table, true, new FileUse(false, direct));
          });
    } catch (IOException e) {
      throw new DeviceIoException(device, "opening it", e);
    }
  }

  private static void checkBlocks(Geometry geometry, Path folder, boolean direct)
      throws IOException {
    if (!direct) {
      return;
    }
    long fileSystemBytes = Files.getFileStore(folder).getBlockSize();
    if (geometry.blockBytes() % fileSystemBytes != 0) {
      throw GeometryException.outOfRange(
          "block",
          geometry.blockBytes(),
          "a multiple of " + fileSystemBytes + ", the file system's block, for direct=true");
    }
  }

  private interface Opening {
    FileStore open(Arena arena) throws IOException;
  }

  private static FileStore underLock(DeviceLock lock, Opening opening) throws IOException {
    Arena arena = Arena.ofShared();
    boolean opened = false;
    try {
      FileStore store = Uninterrupted.run(() -> opening.open(arena));
      opened = true;
      return store;
    } finally {
      if (!opened) {
        arena.close();
        lock.close();
      }
    }
  }

  @Override
  public Geometry geometry() {
    return table.geometry();
  }

  @Override
  public MemorySegment words() {
    return table.words();
  }

  @Override
  public void attach(EmulatedZones newZones) {
    tableForce.attach(newZones);
    for (ZoneFile zone : zones) {
      zone.attach(newZones);
    }
  }

  @Override
  public RingFile zone(int zone) {
    return zones[zone];
  }

  @Override
  public int prepare(int zone) {
    return zones[zone].prepare();
  }

  @Override
  public RingFile allZones() {
    return allZones;
  }

  private int syncAll() {
    if (readOnly) {
      return 0;
    }
    for (ZoneFile zone : zones) {
      int result = zone.syncBytes();
      if (result < 0) {
        return result;
      }
    }
    return tableForce.force();
  }

  @Override
  public @Nullable RingFile discard(int zone) {
    return use.discards() ? discardOfZone[zone] : null;
  }

  @Override
  public @Nullable MemorySegment mapped(int zone) {
    if (!use.maps()) {
      return null;
    }
    try {
      return zones[zone].map(arena);
    } catch (IOException e) {
      throw new DeviceIoException(
          device, "mapping " + folder.zone(zone).getFileName(), Failures.advice(e), e);
    }
  }

  @Override
  public StagingStore staging() {
    return staging;
  }

  @Override
  public boolean isReadOnly() {
    return readOnly;
  }

  @Override
  public boolean isVolatile() {
    return false;
  }

  @Override
  public void close() {
    for (ZoneFile zone : zones) {
      zone.close();
    }
    arena.close();
    lock.close();
  }
}
