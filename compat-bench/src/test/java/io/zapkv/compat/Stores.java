package io.zapkv.compat;

import io.zapkv.api.Compression;
import io.zapkv.bench.target.MapTarget;
import io.zapkv.bench.target.RocksTarget;
import io.zapkv.bench.target.Target;
import io.zapkv.bench.target.TargetOptions;
import io.zapkv.bench.target.TargetProvider;
import io.zapkv.bench.target.ZapTarget;
import io.zapkv.fake.MapStore;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/// Stores for scripts: each supplier opens the same one again and again.
final class Stores {
  static final TargetOptions OPTIONS = new TargetOptions(32L << 20, Compression.LZ4, 10, false);

  private Stores() {}

  static Supplier<Target> map() {
    ConcurrentSkipListMap<byte[], byte[]> map = MapStore.emptyMap();
    return () -> new MapTarget(map);
  }

  static Supplier<Target> fake() {
    ConcurrentSkipListMap<byte[], byte[]> map = MapStore.emptyMap();
    return () -> new ZapTarget(new MapStore(map), OPTIONS);
  }

  static Supplier<Target> rocks(Path folder) {
    return () -> new RocksTarget(folder, OPTIONS);
  }

  static Supplier<Target> provided(TargetProvider provider, Path folder) {
    return () -> provider.open(folder, OPTIONS);
  }
}
