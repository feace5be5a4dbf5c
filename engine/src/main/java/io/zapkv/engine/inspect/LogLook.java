package io.zapkv.engine.inspect;

import io.zapkv.engine.append.BlockSource;
import io.zapkv.engine.base.Env;
import io.zapkv.engine.core.Failures;
import io.zapkv.engine.staging.StagingArea;
import io.zapkv.engine.staging.StagingArea.RecoveredSegment;
import io.zapkv.engine.version.Recovered;
import io.zapkv.engine.wal.LogReplay;
import io.zapkv.engine.wal.ReplayReport;
import io.zapkv.engine.zone.ZoneLedger;
import io.zapkv.engine.zone.ZoneLimits;
import io.zapkv.zns.StagingStore;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDeviceException;
import java.util.List;

/// What an opening would find of a store's log, in zones and in memory that outlived its writer.
/// Changes nothing.
///
/// **Threading.** One thread.
final class LogLook {
  private LogLook() {}

  /// Replays the log into nothing.
  ///
  /// @param env whose boot id says whether memory that outlived its writer is to be believed
  static ReplayReport read(ZonedDevice device, BlockSource source, Recovered found, Env env) {
    return LogReplay.replay(
        source,
        found.storeId(),
        zones(device, found),
        found.givenUp(),
        found.ledger(),
        staging(device, found.storeId(), env),
        found.logFloor(),
        (_, _, _, _, _, _, _) -> {});
  }

  /// Those that may hold log: nothing else of the store lives there.
  static List<ZoneReport> zones(ZonedDevice device, Recovered found) {
    ZoneLedger ledger = found.ledger();
    return device.report().stream()
        .filter(zone -> zone.zone() >= ZoneLimits.METADATA_ZONES)
        .filter(zone -> ledger.liveFiles(zone.zone()) == 0)
        .toList();
  }

  private static List<RecoveredSegment> staging(ZonedDevice device, long storeId, Env env) {
    StagingStore staging = device.staging();
    if (staging == null) {
      return List.of();
    }
    try {
      return StagingArea.look(staging, storeId, env.bootId());
    } catch (ZonedDeviceException e) {
      throw Failures.ofOpening(device.name(), e);
    }
  }
}
