package io.zapkv.compat;

import io.zapkv.api.ZapStore;
import io.zapkv.fake.MapStore;

/// The fake keeps the promise, too: else tests that use it would prove nothing.
class FakeStoreTest extends StoreContract {
  @Override
  ZapStore open() {
    return new MapStore(MapStore.emptyMap());
  }
}
