package io.zapkv.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.zapkv.Zap;
import io.zapkv.bench.target.Target;
import io.zapkv.bench.target.ZapTarget;
import io.zapkv.compat.DifferentialRunner.Divergence;
import io.zapkv.zns.ZonedDevices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One history is answered alike whatever the options, and whatever the device is made of.
///
/// More of it, or one seed again: `./zap test -pl compat-bench -am -Dtest=MetamorphicTest
/// -Dzap.seed=SEED -Dzap.seeds=COUNT`.
class MetamorphicTest {
  private static final long FIRST_SEED = 500;
  private static final int HEAVY_OPS = 350;
  private static final int OPS = 150;
  private static final int SHRINK_TRIES = 200;

  @TempDir private Path folder;
  private int stores;

  /// What a device is made of. Without `discard` the zones are mapped, and the ring has no reads to
  /// carry.
  private enum Kind {
    MEMORY,
    MAPPED_FILES,
    FILES_ON_THREADS,
    FILES_ON_IO_URING_IF_ALLOWED
  }

  @Test
  void oneHistoryIsAnsweredAlikeWhateverTheOptionsAndTheDevice() {
    long first = Long.getLong("zap.seed", FIRST_SEED);
    int seeds = Integer.getInteger("zap.seeds", 1);
    Map<OptionSet, StoreFootprint> bySet = new LinkedHashMap<>();
    Map<Kind, StoreFootprint> byKind = new LinkedHashMap<>();
    for (long seed = first; seed < first + seeds; seed++) {
      List<Op> history = history(seed);
      long[] expected = answers(Stores.map(), history);
      for (OptionSet set : OptionSet.ALL) {
        for (Kind kind : Kind.values()) {
          StoreFootprint footprint = new StoreFootprint();
          long[] got = within(kind, set, footprint, store -> answers(store, history));
          int step = Arrays.mismatch(expected, got);
          if (step >= 0) {
            fail(report(seed, history, step, kind, set));
          }
          bySet.computeIfAbsent(set, _ -> new StoreFootprint()).add(footprint);
          byKind.computeIfAbsent(kind, _ -> new StoreFootprint()).add(footprint);
        }
      }
      System.out.printf(
          "metamorphic: seed %d, %d answers, hash %016x, alike on %d option sets and %d devices%n",
          seed, expected.length, fold(expected), bySet.size(), byKind.size());
    }
    bySet.forEach((set, did) -> System.out.println("metamorphic: " + set + ": " + did));
    byKind.forEach((kind, did) -> System.out.println("metamorphic: " + kind + ": " + did.rings));
    requireDifferentShapes(bySet);
  }

  /// Equal answers say nothing where the stores did the same to find them.
  private static void requireDifferentShapes(Map<OptionSet, StoreFootprint> by) {
    StoreFootprint plain = by.get(OptionSet.PLAIN);
    assertThat(by.get(OptionSet.LARGE_MEMTABLE).flushes).isLessThan(plain.flushes);
    assertThat(by.get(OptionSet.DURABLE).appends).isGreaterThan(2 * plain.appends);
    assertThat(by.get(OptionSet.LEAST_MEMORY).cacheBytes)
        .isLessThan(by.get(OptionSet.LARGE_CACHE).cacheBytes);
    // All is merged in the end: what is left depends on nothing but the format of tables.
    requireRising(by, did -> did.liveBytes, OptionSet.PLAIN, OptionSet.UNCOMPRESSED);
    requireRising(by, did -> did.liveBytes, OptionSet.LARGE_BLOCKS, OptionSet.SMALL_BLOCKS);
    requireRising(by, did -> did.liveBytes, OptionSet.NO_FILTER, OptionSet.LARGE_FILTER);
    requireRising(by, did -> did.liveBytes, OptionSet.SMALL_DEVICE_BLOCKS, OptionSet.PLAIN);
    requireRising(
        by,
        did -> did.tables,
        OptionSet.LARGE_ZONES,
        OptionSet.UNCOMPRESSED,
        OptionSet.SMALL_ZONES);
  }

  private static void requireRising(
      Map<OptionSet, StoreFootprint> by, ToLongFunction<StoreFootprint> figure, OptionSet... sets) {
    assertThat(Arrays.stream(sets).map(set -> figure.applyAsLong(by.get(set))).toList())
        .as("%s", List.of(sets))
        .isSorted()
        .doesNotHaveDuplicates();
  }

  private static List<Op> history(long seed) {
    List<Op> ops = new ArrayList<>();
    ops.addAll(OpGenerator.heavy(seed).ops(HEAVY_OPS));
    ops.addAll(new OpGenerator(seed).ops(OPS));
    ops.addAll(DifferentialRunner.sweeps());
    ops.add(new Op.Compact());
    ops.addAll(DifferentialRunner.sweeps());
    return ops;
  }

  /// One number for each answer: all answers of a store would be many megabytes.
  private static long[] answers(Supplier<Target> store, List<Op> ops) {
    try (var player = new ScriptPlayer(store)) {
      return ops.stream().mapToLong(op -> hash(player.answer(op))).toArray();
    }
  }

  private static long hash(String text) {
    return fold(text.chars().asLongStream().toArray());
  }

  private static long fold(long[] values) {
    long hash = 1;
    for (long value : values) {
      hash = (hash ^ hash >>> 29 ^ value) * 0x9E3779B97F4A7C15L;
    }
    return hash;
  }

  private String report(long seed, List<Op> history, int step, Kind kind, OptionSet set) {
    Predicate<List<Op>> fails = ops -> divergence(ops, kind, set) != null;
    List<Op> small = Shrinker.shrink(history, fails, SHRINK_TRIES);
    return """
    %s on %s answers otherwise than the map, first at operation %d of seed %d: %s
    replay with ./zap test -pl compat-bench -am -Dtest=MetamorphicTest -Dzap.seed=%d -Dzap.seeds=1
    %s

    %s\
    """
        .formatted(
            set,
            kind,
            step,
            seed,
            OpScript.print(history.get(step)),
            seed,
            divergence(small, kind, set),
            OpScript.print(small));
  }

  private @Nullable Divergence divergence(List<Op> ops, Kind kind, OptionSet set) {
    return within(
        kind,
        set,
        new StoreFootprint(),
        store -> new DifferentialRunner(List.of(Stores.map(), store)).run(ops));
  }

  private interface Use<T> {
    T of(Supplier<Target> store);
  }

  /// A store that is empty, and gone afterwards.
  private <T> T within(Kind kind, OptionSet set, StoreFootprint footprint, Use<T> use) {
    Path path = folder.resolve("store" + stores);
    String name = "metamorphic-" + stores++;
    String device =
        switch (kind) {
          case MEMORY -> "mem:?name=" + name + "&" + set.geometry();
          case MAPPED_FILES -> "emu:" + path + "?" + set.geometry();
          case FILES_ON_THREADS -> "emu:" + path + "?discard=true&ring=pool&" + set.geometry();
          case FILES_ON_IO_URING_IF_ALLOWED ->
              "emu:" + path + "?discard=true&ring=auto&" + set.geometry();
        };
    try {
      return use.of(
          () -> new ZapTarget(footprint.watch(Zap.open(device, set.options())), Stores.OPTIONS));
    } finally {
      ZonedDevices.forget("mem:?name=" + name);
      delete(path);
    }
  }

  private static void delete(Path path) {
    if (Files.exists(path)) {
      try (Stream<Path> all = Files.walk(path)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
