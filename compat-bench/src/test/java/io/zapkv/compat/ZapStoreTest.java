package io.zapkv.compat;

import io.zapkv.Zap;
import io.zapkv.api.ZapStore;

/// ZapKV keeps the promises of its API, on memory.
class ZapStoreTest extends StoreContract {
  @Override
  ZapStore open() {
    return Zap.open("mem:?zones=64&capacity=4MiB");
  }
}
