package io.zapkv.compat;

import io.zapkv.api.Compression;
import io.zapkv.api.KeyRange;
import io.zapkv.bench.target.MapTarget;
import io.zapkv.bench.target.RocksTarget;
import io.zapkv.bench.target.Target;
import io.zapkv.bench.target.TargetOptions;
import io.zapkv.bench.target.TargetProvider;
import io.zapkv.bench.target.ZapTarget;
import io.zapkv.fake.MapStore;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/// Stores for scripts: each supplier opens the same one again and again.
final class Stores {
  static final TargetOptions OPTIONS = new TargetOptions(32L << 20, Compression.LZ4, 10, false);

  private Stores() {}

  static Supplier<Target> map() {
    ConcurrentSkipListMap<byte[], byte[]> map = MapStore.emptyMap();
    return () -> still(new MapTarget(map));
  }

  /// A map whose cursors show the moment they were opened at, as those of a store do.
  static Target still(Target map) {
    return (Target)
        Proxy.newProxyInstance(
            Stores.class.getClassLoader(),
            new Class<?>[] {Target.class},
            (_, method, arguments) ->
                method.getName().equals("walk") && arguments[1] == null
                    ? map.walk((KeyRange) arguments[0], map.view())
                    : method.invoke(map, arguments));
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
