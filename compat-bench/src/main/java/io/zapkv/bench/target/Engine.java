package io.zapkv.bench.target;

import io.zapkv.api.CopyReport;
import io.zapkv.api.RepairReport;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.VerifyReport;
import io.zapkv.api.ZapStore;
import io.zapkv.api.ZoneMap;

/// What this module asks of ZapKV: to open a store, and to look at a device without one.
public interface Engine {
  /// Opens the store on `device`.
  ZapStore open(String device, StoreOptions options);

  /// Every zone of `device`; changes nothing.
  ZoneMap zones(String device);

  /// Checks everything on `device`; changes nothing.
  VerifyReport verify(String device);

  /// Makes an empty store.
  ///
  /// @param force also where the device holds something, which is then lost
  void format(String device, boolean force);

  /// Opens and closes a store though some of its log is gone, which is then given up.
  RepairReport repair(String device);

  /// Copies a store to another device and verifies the copy.
  ///
  /// @param force also where the target holds something, which is then lost
  CopyReport copy(String from, String to, boolean force);
}
