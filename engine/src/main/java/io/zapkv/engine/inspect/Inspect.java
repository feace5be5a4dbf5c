package io.zapkv.engine.inspect;

import io.zapkv.api.CopyReport;
import io.zapkv.api.CorruptionException;
import io.zapkv.api.NotAStoreException;
import io.zapkv.api.RepairReport;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.UnsupportedException;
import io.zapkv.api.VerifyReport;
import io.zapkv.api.ZapException;
import io.zapkv.api.ZoneMap;
import io.zapkv.engine.append.BlockSource;
import io.zapkv.engine.base.Env;
import io.zapkv.engine.base.SystemEnv;
import io.zapkv.engine.core.Engine;
import io.zapkv.engine.core.Failures;
import io.zapkv.engine.core.ZoneViews;
import io.zapkv.engine.staging.StagingArea;
import io.zapkv.engine.staging.StagingArea.RecoveredSegment;
import io.zapkv.engine.version.Manifest;
import io.zapkv.engine.version.Recovered;
import io.zapkv.engine.wal.ReplayReport;
import io.zapkv.engine.zone.ZoneLimits;
import io.zapkv.zns.StagingStore;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDeviceException;
import io.zapkv.zns.ZonedDevices;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/// Looks at a device without a store. All of it is read-only but [#format], [#repair] and the
/// target of [#copy].
///
/// **Threading.** Any thread. A call has the device to itself for as long as it takes.
///
/// **Memory.** Beside one zone's bytes at most a few MiB, and the log of one memtable while that is
/// checked. A mapped device is looked at in place.
///
/// **Failures.** Those of [io.zapkv.Zap#open(String)], typed the same way.
public final class Inspect {
  private static final int READERS_MAX = 1;

  private Inspect() {}

  /// Every zone. Never creates anything; writes nothing, recovers nothing.
  ///
  /// @throws io.zapkv.api.LockedException while a store has the device open
  /// @throws NotAStoreException where there is no device, or no store on it
  /// @throws CorruptionException where both copies of the metadata are damaged
  public static ZoneMap zones(String device) {
    return looking(
        device,
        (opened, source) -> {
          try (Manifest manifest = requireStore(opened, source)) {
            Recovered found = manifest.recovered();
            return ZoneViews.of(
                opened, new FoundZones(opened, source, found).standings(), found.version());
          }
        });
  }

  /// Reads every chunk, block, filter, index and manifest record, and the log: checksums, order,
  /// references, zone tiling. Problems are data, not exceptions.
  ///
  /// @throws io.zapkv.api.LockedException while a store has the device open
  /// @throws NotAStoreException where there is no device, or no store on it
  /// @throws UnsupportedException where a newer release made it
  public static VerifyReport verify(String device) {
    return looking(
        device, (opened, source) -> new StoreVerifier(opened, source, new SystemEnv()).verify());
  }

  /// The same of a device that has no name to be opened by, a simulated one for example; it is left
  /// open.
  ///
  /// @param env whose boot id says whether memory that outlived its writer is to be believed
  @SuppressWarnings(
      "exports") // whoever has a device and a machine of its own sees their types, too
  public static VerifyReport verify(ZonedDevice device, Env env) {
    try (BlockSource source = new BlockSource(device, READERS_MAX)) {
      return new StoreVerifier(device, source, env).verify();
    }
  }

  /// Makes an empty store. Without `force` only on a missing device, or on one on which nothing is
  /// written.
  ///
  /// @param force whether everything that is on the device is to be lost
  /// @throws NotAStoreException where something is on the device and `force` is not given, or where
  ///   it is no device; nothing was touched
  /// @throws UnsupportedException where the device is too small for a store; nothing was touched
  /// @throws io.zapkv.api.LockedException while a store has the device open
  public static void format(String device, boolean force) {
    refusing(
        device,
        name -> {
          if (!ZonedDevices.exists(name)) {
            ZoneLimits.check(name, ZonedDevices.geometryOfNew(name));
          } else if (!force) {
            looking(name, Inspect::requireUnformatted); // before anything is opened for writing
          }
          try (ZonedDevice opened = ZonedDevices.open(name)) {
            ZoneLimits.check(opened.name(), opened.geometry());
            if (force) {
              erase(opened);
            } else {
              try (BlockSource source = new BlockSource(opened, READERS_MAX)) {
                requireUnformatted(opened, source);
              }
            }
            Manifest.create(opened, new SystemEnv().random("store-id").nextLong()).close();
          }
          return name;
        });
  }

  /// Opens a store though some of its log is gone, and closes it again: what is there up to the
  /// first gap is kept, and what was written later is given up. Does no more than an opening where
  /// nothing is missing.
  ///
  /// @throws NotAStoreException where there is no device, or no store on it
  /// @throws CorruptionException where both copies of the metadata are damaged
  /// @throws io.zapkv.api.LockedException while a store has the device open
  public static RepairReport repair(String device) {
    AtomicReference<ReplayReport> found = new AtomicReference<>();
    refusing(
        device,
        name -> {
          looking( // before anything is opened for writing
              name,
              (opened, source) -> {
                requireStore(opened, source).close();
                return true;
              });
          Engine.openWithoutLost(
                  ZonedDevices.open(name), StoreOptions.defaults(), new SystemEnv(), found::set)
              .close();
          return name;
        });
    ReplayReport log = found.get();
    List<Integer> missing = new ArrayList<>(log.lostZones());
    missing.addAll(log.unreadableZones());
    return new RepairReport(
        device, missing, missing.isEmpty() && !log.isLossy(), log.records(), verify(device));
  }

  /// Copies a store to another device, to the same addresses, and verifies the copy. The source is
  /// only read.
  ///
  /// @param force whether everything that is on the target is to be lost
  /// @throws NotAStoreException where there is no store to copy, or something is on the target and
  ///   `force` is not given; nothing was touched
  /// @throws UnsupportedException where the devices' zones differ, by the number that does, or
  ///   where the store has records in memory for which the target has no place; nothing was touched
  /// @throws io.zapkv.api.LockedException while a store has one of the devices open
  public static CopyReport copy(String from, String to, boolean force) {
    List<Integer> lostLog = new ArrayList<>();
    ImageCopy.Copied copied =
        looking(
            from,
            (source, blocks) -> {
              long storeId;
              long logFloor;
              try (Manifest manifest = requireStore(source, blocks)) {
                Recovered found = manifest.recovered();
                storeId = found.storeId();
                logFloor = found.logFloor();
                lostLog.addAll(LogLook.read(source, blocks, found, new SystemEnv()).lostZones());
              }
              return refusing(to, name -> copyTo(source, storeId, logFloor, name, force));
            });
    return new CopyReport(
        from, to, copied.zones(), copied.bytes(), copied.offlineZones(), lostLog, verify(to));
  }

  /// Looks first, so that nothing is made or opened for writing that is not to be written.
  private static void requireFit(ZonedDevice source, String to, boolean force) {
    if (!ZonedDevices.exists(to)) {
      ImageCopy.requireEqualZones(source, to, ZonedDevices.geometryOfNew(to));
    } else if (!force) {
      requireEmpty(to);
    }
  }

  private static void requireEmpty(String device) {
    looking(
        device,
        (opened, _) -> {
          for (ZoneReport report : opened.report()) {
            if (report.state() != ZoneState.EMPTY) {
              throw new NotAStoreException(
                  opened.name(),
                  "a device on which nothing is written",
                  "zone " + report.zone() + ", " + report.state(),
                  null);
            }
          }
          return true;
        });
  }

  private static ImageCopy.Copied copyTo(
      ZonedDevice source, long storeId, long logFloor, String to, boolean force) {
    requireFit(source, to, force);
    try (ZonedDevice target = ZonedDevices.open(to)) {
      ImageCopy.requireEqualZones(source, target.name(), target.geometry());
      StagingStore from = source.staging();
      StagingStore into = target.staging();
      if (from != null && into == null) {
        requireAllInZones(source, from, storeId, logFloor);
      }
      erase(target);
      ImageCopy.empty(target);
      if (from != null && into != null) {
        StagingArea.copy(from, into); // before the metadata: records without a store are harmless
      }
      return ImageCopy.run(source, target);
    }
  }

  private static void requireAllInZones(
      ZonedDevice source, StagingStore staging, long storeId, long logFloor) {
    for (RecoveredSegment segment : StagingArea.look(staging, storeId, new SystemEnv().bootId())) {
      if (segment.segment().endSequence() > logFloor) {
        throw new UnsupportedException(
            source.name(),
            "a store that was closed, for a target without staging memory",
            "records that are in its staging memory only",
            "open the store once and close it, or give the target ?staging=/folder",
            null);
      }
    }
  }

  /// The metadata first, which are in the first zones: cut short, this leaves no store, never one
  /// that has lost its log.
  private static void erase(ZonedDevice device) {
    Manifest.erase(device);
    StagingStore staging = device.staging();
    if (staging != null) {
      StagingArea.erase(staging);
    }
  }

  private interface Look<T> {
    T at(ZonedDevice device, BlockSource source);
  }

  private static <T> T looking(String device, Look<T> look) {
    return refusing(
        device,
        name -> {
          try (ZonedDevice opened = ZonedDevices.openReadOnly(name);
              BlockSource source = new BlockSource(opened, READERS_MAX)) {
            return look.at(opened, source);
          }
        });
  }

  private static <T> T refusing(String device, Function<String, T> action) {
    try {
      return action.apply(device);
    } catch (ZonedDeviceException e) {
      throw Failures.ofOpening(device, e);
    }
  }

  static Manifest requireStore(ZonedDevice device, BlockSource source) {
    Manifest manifest = Manifest.open(device, source, false);
    if (manifest == null) {
      throw new NotAStoreException(
          device.name(), "a store", "a device on which nothing is written", null);
    }
    return manifest;
  }

  private static boolean requireUnformatted(ZonedDevice device, BlockSource source) {
    ZapException found = null;
    try (Manifest manifest = Manifest.open(device, source, false)) {
      if (manifest == null) {
        return true;
      }
    } catch (CorruptionException | UnsupportedException e) {
      found = e;
    }
    throw new NotAStoreException(
        device.name(),
        "a device on which nothing is written",
        found == null ? "a store" : "a store, " + found.getMessage(),
        found);
  }
}
