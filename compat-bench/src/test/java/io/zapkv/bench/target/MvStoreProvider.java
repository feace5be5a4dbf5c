package io.zapkv.bench.target;

import java.nio.file.Path;

/// Offers H2's MVStore to whoever has the class path of the tests.
public final class MvStoreProvider implements TargetProvider {
  public MvStoreProvider() {}

  @Override
  public String name() {
    return MvStoreTarget.NAME;
  }

  @Override
  public Target open(Path folder, TargetOptions options) {
    return new MvStoreTarget(folder, options);
  }
}
