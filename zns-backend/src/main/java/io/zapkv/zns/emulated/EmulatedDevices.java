package io.zapkv.zns.emulated;

import io.zapkv.zns.RingSource;
import io.zapkv.zns.ZonedDevice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Opens emulated devices: the door of this room.
public final class EmulatedDevices {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private EmulatedDevices() {}

  /// Opens zones in memory.
  ///
  /// @param name the device's name, as it is told to others
  /// @param keptAs under which name the memory stays after the close, or null
  /// @param rings asked once, when all else is there; closed with the device
  public static ZonedDevice memory(
      String name,
      @Nullable String keptAs,
      GeometryChoice choice,
      boolean readOnly,
      OptionalLong reorderSeed,
      Supplier<RingSource> rings) {
    KeptMemory kept = keptAs == null ? null : KeptMemory.OF_THIS_PROCESS;
    MemoryContents contents =
        kept == null || keptAs == null
            ? new MemoryContents(choice.choose(null))
            : kept.take(keptAs, choice, !readOnly);
    return new EmulatedDevice(
        name, new MemoryStore(contents, kept, readOnly), rings.get(), reorderSeed);
  }

  /// Opens zones in a folder.
  ///
  /// @param name the device's name, as it is told to others
  /// @param use how its files are used
  /// @param rings asked once, when all else is there; closed with the device
  public static ZonedDevice folder(
      String name,
      Path path,
      GeometryChoice choice,
      FileUse use,
      boolean readOnly,
      OptionalLong reorderSeed,
      Supplier<RingSource> rings) {
    FileStore store =
        readOnly
            ? FileStore.openReadOnly(name, path, choice, use.direct(), bootId())
            : FileStore.open(name, path, choice, use, bootId());
    boolean opened = false;
    try {
      EmulatedDevice device = new EmulatedDevice(name, store, rings.get(), reorderSeed);
      opened = true;
      return device;
    } finally {
      if (!opened) {
        store.close();
      }
    }
  }

  /// Whether there is a device in a folder.
  public static boolean isInFolder(Path path) {
    return new DeviceFolder(path).hasTable();
  }

  /// Empty where the system does not say: then every opening counts as one after a power cut.
  private static String bootId() {
    try {
      return Files.readString(BOOT_ID, StandardCharsets.US_ASCII).strip();
    } catch (IOException _) {
      return "";
    }
  }
}
