package io.zapkv;

import io.zapkv.api.StoreOptions;
import io.zapkv.api.ZapStore;
import io.zapkv.engine.base.SystemEnv;
import io.zapkv.engine.core.Engine;

/// The door: opens stores.
///
/// A device is named by one string: `mem:?zones=64&capacity=16MiB` (memory, gone at close) or
/// `emu:/path/to/dir` (zones as files in a folder). [io.zapkv.zns.ZonedDevices] lists the
/// parameters.
public final class Zap {
  private Zap() {}

  /// Opens the store on `device` with [StoreOptions#defaults].
  ///
  /// @throws io.zapkv.api.ZapException as [#open(String, StoreOptions)]
  public static ZapStore open(String device) {
    return open(device, StoreOptions.defaults());
  }

  /// Opens the store on `device`; makes device and store where nothing is there yet and the options
  /// say so. Brings back what a crash left in the log.
  ///
  /// One process, and in it one store, has a device at a time.
  ///
  /// @throws io.zapkv.api.LockedException where somebody else has it
  /// @throws io.zapkv.api.NotAStoreException where it holds something else; nothing was touched
  /// @throws io.zapkv.api.UnsupportedException where it was made by a newer release, with other
  ///   parameters, or is too small
  /// @throws io.zapkv.api.CorruptionException where what was promised to be there is not
  /// @throws io.zapkv.api.DeviceException where it cannot be read or written
  /// @throws IllegalArgumentException where the name is none
  public static ZapStore open(String device, StoreOptions options) {
    return Engine.open(device, options, new SystemEnv());
  }
}
