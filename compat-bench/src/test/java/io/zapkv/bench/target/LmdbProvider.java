package io.zapkv.bench.target;

import java.nio.file.Path;

/// Offers LMDB to whoever has the class path of the tests.
public final class LmdbProvider implements TargetProvider {
  public LmdbProvider() {}

  @Override
  public String name() {
    return LmdbTarget.NAME;
  }

  @Override
  public Target open(Path folder, TargetOptions options) {
    return new LmdbTarget(folder, options);
  }
}
