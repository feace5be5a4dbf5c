package io.zapkv.compat;

import io.zapkv.Zap;
import io.zapkv.api.ZapStore;
import io.zapkv.engine.inspect.Inspect;

/// ZapKV keeps the promises of its API, on memory or on the device that `zap.test.device` names,
/// which loses what it holds.
class ZapStoreTest extends StoreContract {
  @Override
  ZapStore open() {
    String named = System.getProperty("zap.test.device");
    if (named == null) {
      return Zap.open("mem:?zones=64&capacity=4MiB");
    }
    Inspect.format(named, true);
    return Zap.open(named);
  }
}
