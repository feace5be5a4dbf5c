package io.zapkv.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.api.Compression;
import io.zapkv.bench.target.Site;
import io.zapkv.bench.target.TargetOptions;
import io.zapkv.bench.workload.DbBenchKind;
import io.zapkv.bench.workload.YcsbKind;
import io.zapkv.fake.FakeEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunnerTest {
  private static final TargetOptions OPTIONS =
      new TargetOptions(64L << 20, Compression.LZ4, 10, false);

  private final FakeEngine engine = new FakeEngine();
  @TempDir private Path folder;

  private List<Outcome> run(Suite suite, RunPlan plan, String device) {
    try (Site site = Site.of(engine, OPTIONS, device, folder)) {
      return new Runner(site, suite, plan, TimeBudget.unlimited(), Progress.none()).run();
    }
  }

  private static RunPlan plan(int threads, int rounds, long records, String... engines) {
    return new RunPlan(List.of(engines), threads, rounds, records, 100);
  }

  private static Suite ycsb(String workloads, long records, long operations) {
    List<YcsbKind> kinds = Arrays.stream(workloads.split(",")).map(YcsbKind::of).toList();
    return new YcsbSuite(kinds, records, _ -> operations, 100, 1);
  }

  private static Suite dbbench(String benchmarks, long number) {
    List<DbBenchKind> kinds = Arrays.stream(benchmarks.split(",")).map(DbBenchKind::of).toList();
    return new DbBenchSuite(kinds, number, 100, 1);
  }

  @Test
  void everyYcsbWorkloadRunsOnEveryEngineAndFindsWhatItReads() {
    List<Outcome> outcomes =
        run(ycsb("load,a,b,c,d,e,f", 1000, 1001), plan(2, 1, 1000, "rocksdb", "map"), null);
    assertThat(outcomes).hasSize(14);
    assertThat(outcomes)
        .allSatisfy(outcome -> {
          boolean load = outcome.result().benchmark().equals("load");
          assertThat(outcome.result().operations()).isEqualTo(load ? 1000 : 1001);
          assertThat(outcome.notFound()).isZero();
          assertThat(outcome.latencies().getTotalCount())
              .isGreaterThanOrEqualTo(outcome.result().operations());
        });
  }

  @Test
  void anotherEngineBeginsEachTime() {
    List<Outcome> outcomes = run(ycsb("load,c", 100, 100), plan(1, 2, 100, "map", "rocksdb"), null);
    assertThat(outcomes.stream().map(o -> o.round() + o.result().benchmark() + o.result().engine()))
        .containsExactly(
            "0loadmap",
            "0loadrocksdb",
            "0crocksdb",
            "0cmap",
            "1loadrocksdb",
            "1loadmap",
            "1cmap",
            "1crocksdb");
  }

  @Test
  void everyDbBenchBenchmarkDoesWhatItSays() {
    List<Outcome> outcomes =
        run(
            dbbench(
                "fillseq,readseq,readrandom,readmissing,seekrandom,overwrite,deleterandom,fillbatch,fillsync,fillrandom",
                3000),
            plan(2, 1, 3000, "map", "rocksdb", "zapkv", "lmdb"),
            "fake:");
    assertThat(outcomes).hasSize(40);
    for (Outcome outcome : outcomes) {
      Result result = outcome.result();
      long expected =
          switch (result.benchmark()) {
            case "fillsync" -> 3;
            default -> 3000;
          };
      assertThat(result.operations()).as(result.benchmark()).isEqualTo(expected);
      long missing =
          switch (result.benchmark()) {
            case "readmissing" -> 3000;
            default -> 0;
          };
      assertThat(outcome.notFound()).as(result.benchmark()).isEqualTo(missing);
      long written =
          switch (result.benchmark()) {
            case "fillsync" -> 3 * 116;
            case "fillseq", "fillrandom", "fillbatch", "overwrite" -> 3000 * 116;
            case "deleterandom" -> 3000 * 16;
            default -> 0;
          };
      assertThat(result.userBytesWritten()).as(result.benchmark()).isEqualTo(written);
    }
  }

  @Test
  void aFillBeginsWithAnEmptyStore() {
    List<Outcome> outcomes =
        run(dbbench("fillseq,fillsync,readseq", 2000), plan(1, 1, 2000, "rocksdb"), null);
    // What fillsync left: its two writes, and nothing of fillseq.
    assertThat(outcomes.getLast().result().operations()).isLessThanOrEqualTo(2);
  }

  @Test
  void aNamedDeviceThatHoldsSomethingIsNotErased() {
    engine.open("fake:mine", OPTIONS.storeOptions()).put(new byte[] {1}, new byte[] {2});
    assertThatThrownBy(() -> run(dbbench("fillseq", 100), plan(1, 1, 100, "zapkv"), "fake:mine"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("already holds keys");
    assertThat(engine.devices.get("fake:mine")).hasSize(1);
  }

  @Test
  void aReadThatFindsNothingEndsAYcsbRun() {
    assertThatThrownBy(() -> run(ycsb("c", 100, 100), plan(1, 1, 100, "map"), null))
        .hasMessageContaining("100 of 100 operations of c found nothing");
  }

  @Test
  void aRunEndsWhenItsTimeIsUp() {
    var plan = plan(1, 1, 1000, "map");
    var budget = TimeBudget.until(System.nanoTime() + 1_000_000_000L, 2);
    try (Site site = Site.of(engine, OPTIONS, null, folder)) {
      List<Outcome> outcomes =
          new Runner(site, ycsb("load,c", 1000, 1_000_000_000), plan, budget, Progress.none())
              .run();
      assertThat(outcomes.getLast().result().seconds()).isLessThan(1);
      assertThat(outcomes.getLast().result().operations()).isBetween(1L, 999_999_999L);
    }
  }

  @Test
  void nothingIsLeftOfAStoreWithoutADevice() throws Exception {
    run(ycsb("load", 100, 100), plan(1, 1, 100, "rocksdb", "lmdb", "mvstore"), null);
    try (var left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }
}
