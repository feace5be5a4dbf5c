package io.zapkv.zns;

import io.zapkv.ring.RingException;
import io.zapkv.ring.Rings.Choice;
import io.zapkv.ring.sys.NativeAccess;
import io.zapkv.zns.emulated.DeviceRings;
import io.zapkv.zns.emulated.EmulatedDevices;
import io.zapkv.zns.emulated.FileUse;
import io.zapkv.zns.emulated.KeptMemory;
import io.zapkv.zns.nvme.NvmeDevices;
import io.zapkv.zns.nvme.NvmeRings;
import io.zapkv.zns.zonefs.ZonefsDevices;
import io.zapkv.zns.zonefs.ZonefsOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Opens a device by its name.
///
/// | name | what it is |
/// | --- | --- |
/// | `mem:?zones=64&capacity=16MiB` | zones in memory, gone at close |
/// | `mem:?name=x` | the same, kept in this JVM under a name: for tests and for embedding |
/// | `emu:/path` | zones in files of a folder, which is made where there is none |
/// | `nvme:/dev/ng0n1` | a zoned namespace of an NVMe device, by passthrough |
/// | `zonefs:/mount/point` | zones that the kernel shows as files: a mounted zonefs |
///
/// Parameters: `zones`, `size`, `capacity`, `block`, `append`, `open`, `active` (the [Geometry]; a
/// number of bytes may carry `KiB`, `MiB`, `GiB` or `TiB`), `reorder=SEED` (appends land in an
/// order drawn from the seed, so that code which guesses addresses fails), and for `emu:` also
/// `discard=true` (a reset gives the blocks back to the file system; nothing is mapped then),
/// `direct=true` (direct I/O, past the page cache; nothing is mapped, buffers are aligned to
/// blocks, and blocks are a multiple of the file system's) and `ring` (what carries the operations:
/// `uring`, `pool` for worker threads, or `auto`, which is io_uring where it is allowed;
/// [DeviceStats#ring] says which and why).
///
/// For `nvme:` there is only `staging=/folder` (memory that outlives the process, kept in files
/// there).
///
/// For `zonefs:` there are only `append`, `staging=/folder` (memory that outlives the process, kept
/// in files there), `ring` (what carries reads and syncs) and `gather` (the most appends of one
/// write, for measuring).
///
/// A device that is there keeps the geometry it was made with; a name need not repeat it, and must
/// not contradict it.
public final class ZonedDevices {
  private static final String[] MEMORY_PARAMETERS = {
    "zones", "size", "capacity", "block", "append", "open", "active", "reorder", "name"
  };
  private static final String[] FOLDER_PARAMETERS = {
    "zones",
    "size",
    "capacity",
    "block",
    "append",
    "open",
    "active",
    "reorder",
    "discard",
    "direct",
    "ring"
  };
  private static final String[] NVME_PARAMETERS = {"staging"};
  private static final String[] ZONEFS_PARAMETERS = {"append", "staging", "gather", "ring"};
  private static final int MEMORY_ZONES = 64;
  private static final long MEMORY_CAPACITY_BYTES = 16L << 20;
  private static final int FOLDER_ZONES = 1024;
  private static final long FOLDER_CAPACITY_BYTES = 32L << 20;

  private ZonedDevices() {}

  /// Opens a device; makes it where there is none.
  ///
  /// @throws ZonedDeviceException where it cannot be had, and why
  public static ZonedDevice open(String name) {
    return open(DeviceName.parse(name), false, null);
  }

  /// The same over rings from elsewhere, a simulator's for one.
  ///
  /// @param rings closed with the device, or at once where opening fails
  public static ZonedDevice open(String name, RingSource rings) {
    return open(DeviceName.parse(name), false, rings);
  }

  /// Opens a device that is there, for reading only: no file of it is changed, and what would
  /// change one fails with [ZoneFailure#READ_ONLY].
  ///
  /// @throws ZonedDeviceException where it cannot be had, and why
  public static ZonedDevice openReadOnly(String name) {
    return open(DeviceName.parse(name), true, null);
  }

  /// Whether there is such a device already, so that opening it would make nothing.
  public static boolean exists(String name) {
    DeviceName parsed = DeviceName.parse(name);
    return switch (parsed.scheme()) {
      case "mem" -> {
        String kept = keptName(parsed);
        yield kept != null && KeptMemory.OF_THIS_PROCESS.has(kept);
      }
      case "emu" -> EmulatedDevices.isInFolder(folder(parsed));
      case "nvme" -> Files.exists(node(parsed));
      case "zonefs" -> ZonefsDevices.isAt(folder(parsed));
      default -> throw unknownScheme(parsed);
    };
  }

  /// The geometry that a device made by this name would have; nothing is made.
  ///
  /// @throws ZonedDeviceException where the name asks for an impossible one
  public static Geometry geometryOfNew(String name) {
    DeviceName parsed = DeviceName.parse(name);
    GeometryParameters asked = GeometryParameters.of(parsed);
    return switch (parsed.scheme()) {
      case "mem" -> choose(asked, null, MEMORY_ZONES, MEMORY_CAPACITY_BYTES);
      case "emu" -> choose(asked, null, FOLDER_ZONES, FOLDER_CAPACITY_BYTES);
      case "nvme" ->
          throw new DeviceFormatException(
              parsed.shown(),
              "there is no such device, and none can be made",
              "name a node that is there, such as /dev/ng0n1");
      case "zonefs" ->
          ZonefsDevices.geometry(parsed.shown(), folder(parsed), zonefsOptions(parsed, true));
      default -> throw unknownScheme(parsed);
    };
  }

  /// Frees the memory of a closed `mem:?name=x`.
  ///
  /// @return whether there was any, and it was free to go
  public static boolean forget(String name) {
    DeviceName parsed = DeviceName.parse(name);
    String kept = parsed.scheme().equals("mem") ? keptName(parsed) : null;
    return kept != null && KeptMemory.OF_THIS_PROCESS.forget(kept);
  }

  private static ZonedDevice open(
      DeviceName name, boolean readOnly, @Nullable RingSource givenRings) {
    boolean taken = false;
    try {
      ZonedDevice device =
          switch (name.scheme()) {
            case "mem" -> openMemory(name, readOnly, or(givenRings, DeviceRings::forMemory));
            case "emu" -> openFolder(name, readOnly, or(givenRings, () -> ringsFor(name)));
            case "nvme" ->
                openNvme(name, readOnly, or(givenRings, () -> NvmeRings.of(name.shown())));
            case "zonefs" -> openZonefs(name, readOnly, or(givenRings, () -> ringsFor(name)));
            default -> throw unknownScheme(name);
          };
      taken = true;
      return device;
    } finally {
      if (!taken && givenRings != null) {
        givenRings.close();
      }
    }
  }

  private static ZonedDevice openMemory(
      DeviceName name, boolean readOnly, Supplier<RingSource> rings) {
    name.allowOnly(MEMORY_PARAMETERS);
    String kept = keptName(name);
    if (readOnly && kept == null) {
      throw new DeviceFormatException(
          name.shown(), "there is nothing in it to read", "give the name= it was kept under");
    }
    GeometryParameters asked = GeometryParameters.of(name);
    return EmulatedDevices.memory(
        name.shown(),
        kept,
        stored -> choose(asked, stored, MEMORY_ZONES, MEMORY_CAPACITY_BYTES),
        readOnly,
        reorderSeed(name),
        rings);
  }

  private static ZonedDevice openFolder(
      DeviceName name, boolean readOnly, Supplier<RingSource> rings) {
    name.allowOnly(FOLDER_PARAMETERS);
    GeometryParameters asked = GeometryParameters.of(name);
    FileUse use = new FileUse(name.flag("discard"), name.flag("direct"));
    String refusal = use.direct() ? NativeAccess.refusal() : null;
    if (refusal != null) {
      throw new DeviceFormatException(
          name.shown(), "direct=true needs system calls of our own", refusal);
    }
    return EmulatedDevices.folder(
        name.shown(),
        folder(name),
        stored -> choose(asked, stored, FOLDER_ZONES, FOLDER_CAPACITY_BYTES),
        use,
        readOnly,
        reorderSeed(name),
        rings);
  }

  private static RingSource ringsFor(DeviceName name) {
    String text = name.value("ring");
    Choice choice =
        switch (text) {
          case null -> Choice.AUTO;
          case "auto" -> Choice.AUTO;
          case "uring" -> Choice.URING;
          case "pool" -> Choice.POOL;
          default -> throw GeometryException.unreadable("ring", text, "auto, uring or pool");
        };
    try {
      return DeviceRings.forFiles(choice);
    } catch (RingException e) {
      throw new DeviceRingException(name.shown(), e);
    }
  }

  private static ZonedDevice openNvme(
      DeviceName name, boolean readOnly, Supplier<RingSource> rings) {
    name.allowOnly(NVME_PARAMETERS);
    return NvmeDevices.open(name.shown(), node(name), stagingFolder(name), readOnly, rings);
  }

  private static ZonedDevice openZonefs(
      DeviceName name, boolean readOnly, Supplier<RingSource> rings) {
    return ZonefsDevices.open(name.shown(), folder(name), zonefsOptions(name, readOnly), rings);
  }

  private static ZonefsOptions zonefsOptions(DeviceName name, boolean readOnly) {
    name.allowOnly(ZONEFS_PARAMETERS);
    return new ZonefsOptions(
        name.bytes("append"), name.number("gather"), stagingFolder(name), readOnly);
  }

  private static @Nullable Path stagingFolder(DeviceName name) {
    String path = name.value("staging");
    return path == null ? null : Path.of(path);
  }

  private static Geometry choose(
      GeometryParameters asked, @Nullable Geometry stored, int zones, long capacityBytes) {
    if (stored == null) {
      return asked.create(zones, capacityBytes);
    }
    asked.check(stored);
    return stored;
  }

  private static Supplier<RingSource> or(
      @Nullable RingSource given, Supplier<RingSource> otherwise) {
    return given == null ? otherwise : () -> given;
  }

  private static OptionalLong reorderSeed(DeviceName name) {
    Long seed = name.number("reorder");
    return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
  }

  private static @Nullable String keptName(DeviceName name) {
    if (!name.path().isEmpty()) {
      throw new DeviceFormatException(
          name.shown(), "memory has no path", "write mem:, with parameters after a question mark");
    }
    return name.value("name");
  }

  private static Path folder(DeviceName name) {
    if (name.path().isEmpty()) {
      throw new DeviceFormatException(
          name.shown(), "the folder is missing", "write " + name.scheme() + ":/path/to/folder");
    }
    return Path.of(name.path());
  }

  private static Path node(DeviceName name) {
    if (name.path().isEmpty()) {
      throw new DeviceFormatException(name.shown(), "the node is missing", "write nvme:/dev/ng0n1");
    }
    return Path.of(name.path());
  }

  private static DeviceFormatException unknownScheme(DeviceName name) {
    return new DeviceFormatException(
        name.shown(),
        "there are no " + name.scheme() + ": devices here",
        "there are mem:, emu:, nvme: and zonefs:");
  }
}
