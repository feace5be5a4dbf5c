package io.zapkv.bench.target;

import io.zapkv.api.StoreOptions;
import io.zapkv.api.VerifyReport;
import io.zapkv.api.ZapStore;
import io.zapkv.api.ZoneMap;

/// ZapKV as it is built.
public final class ZapEngine implements Engine {
  /// The engine of this build.
  public ZapEngine() {}

  @Override
  public ZapStore open(String device, StoreOptions options) {
    throw absent();
  }

  @Override
  public ZoneMap zones(String device) {
    throw absent();
  }

  @Override
  public VerifyReport verify(String device) {
    throw absent();
  }

  @Override
  public void format(String device, boolean force) {
    throw absent();
  }

  private static UnsupportedOperationException absent() {
    return new UnsupportedOperationException("this build has no engine yet");
  }
}
