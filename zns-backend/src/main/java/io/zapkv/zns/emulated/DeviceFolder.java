package io.zapkv.zns.emulated;

import io.zapkv.zns.DeviceFormatException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// The folder of an `emu:` device, and what is called what in it.
///
/// ```
///   lock          held while the device is open
///   zones.table   see [ZoneTable]
///   zone-000017   the bytes of zone 17, see [ZoneFile]
///   staging/      see [FileStaging]
/// ```
///
/// @param real the folder, without links
record DeviceFolder(Path real) {
  private static final String LOCK = "lock";
  private static final String TABLE = "zones.table";
  private static final String UNFINISHED_TABLE = TABLE + ".new";
  private static final String STAGING = "staging";

  /// The folder for a device that may have to be made; refuses one that belongs to something else.
  static DeviceFolder prepare(String device, Path path) throws IOException {
    if (Files.notExists(path)) {
      PrivateFiles.createFolders(path);
    }
    DeviceFolder folder = inFolder(device, path);
    if (!folder.hasTable()) {
      folder.refuseForeign(device);
    }
    return folder;
  }

  /// The folder of a device that is there.
  static DeviceFolder existing(String device, Path path) throws IOException {
    if (Files.notExists(path)) {
      throw new DeviceFormatException(
          device, "there is no such folder", "name the folder of a device, or open it for writing");
    }
    DeviceFolder folder = inFolder(device, path);
    if (!folder.hasTable()) {
      throw new DeviceFormatException(
          device, "there is no " + TABLE + " in it", "name the folder of a device");
    }
    return folder;
  }

  private static DeviceFolder inFolder(String device, Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      throw new DeviceFormatException(device, "this is not a folder", "name a folder");
    }
    return new DeviceFolder(path.toRealPath());
  }

  /// A device that was being made when its process was killed has a lock and perhaps half a table.
  private void refuseForeign(String device) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(real)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (!name.equals(LOCK) && !name.equals(UNFINISHED_TABLE)) {
          throw new DeviceFormatException(
              device,
              "the folder holds " + name + " and no " + TABLE,
              "name an empty folder, or one that does not exist; nothing was changed");
        }
      }
    }
  }

  boolean hasTable() {
    return Files.exists(table(), LinkOption.NOFOLLOW_LINKS);
  }

  Path lock() {
    return real.resolve(LOCK);
  }

  Path table() {
    return real.resolve(TABLE);
  }

  Path zone(int zone) {
    String digits = Integer.toString(zone);
    return real.resolve("zone-" + "0".repeat(Math.max(0, 6 - digits.length())) + digits);
  }

  Path staging() {
    return real.resolve(STAGING);
  }
}
