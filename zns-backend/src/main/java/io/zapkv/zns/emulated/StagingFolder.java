package io.zapkv.zns.emulated;

import io.zapkv.zns.DeviceIoException;
import io.zapkv.zns.StagingStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;

/// Staging for a device that has none of its own, in a folder that its name gives:
/// `?staging=/folder`.
///
/// ```
///   lock          held while the device is open
///   staging/      see [FileStaging]
/// ```
///
/// **Threading.** Any thread.
public final class StagingFolder implements AutoCloseable {
  private final DeviceLock lock;
  private final Arena arena = Arena.ofShared();
  private final FileStaging store;

  private StagingFolder(DeviceLock lock, Path folder, boolean readOnly) {
    this.lock = lock;
    store = new FileStaging(folder, arena, readOnly);
  }

  /// Opens the folder; makes it where there is none and it may be written.
  ///
  /// @param device the device's name
  /// @throws io.zapkv.zns.ZonedDeviceException where another device has it, or it cannot be had
  public static StagingFolder open(String device, Path path, boolean readOnly) {
    try {
      if (!readOnly && Files.notExists(path)) {
        PrivateFiles.createFolders(path);
      }
      DeviceFolder folder = new DeviceFolder(path.toRealPath());
      DeviceLock lock =
          readOnly
              ? DeviceLock.shared(device, folder.real(), folder.lock())
              : DeviceLock.exclusive(device, folder.real(), folder.lock());
      return new StagingFolder(lock, folder.staging(), readOnly);
    } catch (IOException e) {
      throw new DeviceIoException(device, "opening its staging folder " + path, e);
    }
  }

  /// What it holds.
  public StagingStore store() {
    return store;
  }

  /// Ends the mappings. Idempotent it is not: its device closes it once.
  @Override
  public void close() {
    arena.close();
    lock.close();
  }
}
