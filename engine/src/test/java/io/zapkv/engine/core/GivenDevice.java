package io.zapkv.engine.core;

import io.zapkv.engine.inspect.Inspect;

/// The device that a suite of the store runs on: an emulated one, or the one that the property
/// `zap.test.device` names.
final class GivenDevice {
  private GivenDevice() {}

  /// An empty device. What a named one holds is lost.
  static String emptyOr(String emulated) {
    String named = System.getProperty("zap.test.device");
    if (named == null) {
      return emulated;
    }
    Inspect.format(named, true);
    return named;
  }
}
