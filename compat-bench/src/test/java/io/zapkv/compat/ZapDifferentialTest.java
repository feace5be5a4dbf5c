package io.zapkv.compat;

import static org.assertj.core.api.Assertions.fail;

import io.zapkv.Zap;
import io.zapkv.api.Compression;
import io.zapkv.api.StoreOptions;
import io.zapkv.bench.target.Target;
import io.zapkv.bench.target.TargetOptions;
import io.zapkv.bench.target.ZapTarget;
import io.zapkv.compat.DifferentialRunner.Divergence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// ZapKV answers every script as RocksDB and the map do.
///
/// Replay one seed, or look for more: `./zap test -pl compat-bench -am -Dtest=ZapDifferentialTest
/// -Dzap.seed=SEED -Dzap.seeds=COUNT`, with scripts of `-Dzap.operations=COUNT`. A script that
/// fails is printed small: keep it in src/test/resources/counterexamples.
class ZapDifferentialTest {
  private static final int OPS = Integer.getInteger("zap.operations", 300);
  private static final int SHRINK_TRIES = 400;
  private static final Map<String, Integer> PLAYED = new TreeMap<>();

  @TempDir private Path folder;
  private int stores;

  static LongStream seeds() {
    long first = Long.getLong("zap.seed", 1000);
    return LongStream.range(first, first + Integer.getInteger("zap.seeds", 40));
  }

  static Stream<Path> counterexamples() throws IOException, java.net.URISyntaxException {
    return CounterexamplesTest.scripts().stream();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyStoreAnswersAlike(long seed) {
    List<Op> ops = new OpGenerator(seed).ops(OPS);
    ops.forEach(op -> PLAYED.merge(op.getClass().getSimpleName(), 1, Integer::sum));
    Divergence divergence = run(ops, seed);
    if (divergence != null) {
      List<Op> small = Shrinker.shrink(ops, tried -> run(tried, seed) != null, SHRINK_TRIES);
      fail(
          "seed %d (-Dzap.seed=%d -Dzap.seeds=1 -Dzap.operations=%d): %s%n%n%s"
              .formatted(seed, seed, OPS, run(small, seed), OpScript.print(small)));
    }
  }

  @AfterAll
  static void sayWhatWasPlayed() {
    int all = PLAYED.values().stream().mapToInt(Integer::intValue).sum();
    System.out.println("differential: " + all + " operations, " + PLAYED);
  }

  @ParameterizedTest
  @MethodSource("counterexamples")
  void whatOnceFailedIsAnsweredAlike(Path script) throws IOException {
    Divergence divergence = run(OpScript.parse(Files.readString(script)), 0);
    if (divergence != null) {
      fail(script.getFileName() + ": " + divergence);
    }
  }

  private Divergence run(List<Op> ops, long seed) {
    int store = stores++;
    return new DifferentialRunner(
            List.of(
                Stores.map(),
                Stores.rocks(folder.resolve("rocks" + store)),
                zap("emu:" + folder.resolve("zap" + store), seed)))
        .run(ops);
  }

  /// Small zones and a small memtable, so that a short script reaches every room; compression and
  /// filters by the seed.
  private static Supplier<Target> zap(String folder, long seed) {
    String device =
        folder + "?zones=64&size=1MiB&capacity=1MiB" + (seed % 2 == 0 ? "" : "&reorder=" + seed);
    StoreOptions options =
        StoreOptions.defaults()
            .withMemtableBytes(StoreOptions.MEMTABLE_BYTES_MIN)
            .withMemoryBudgetBytes(32L << 20)
            .withBlockBytes(seed % 3 == 0 ? 512 : 4096)
            .withCompression(seed % 5 < 2 ? Compression.NONE : Compression.LZ4)
            .withFilterBitsPerKey(seed % 7 == 0 ? 4 : 10);
    var terms =
        new TargetOptions(32L << 20, options.compression(), options.filterBitsPerKey(), false);
    return () -> new ZapTarget(Zap.open(device, options), terms);
  }
}
