package io.zapkv.cli;

import io.zapkv.bench.run.DbBenchSuite;
import io.zapkv.bench.run.TimeBudget;
import io.zapkv.bench.workload.DbBenchKind;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `zap dbbench`: db_bench's benchmarks, engine beside engine.
@Command(
    name = "dbbench",
    description = {
      "Run db_bench's benchmarks on each engine in turn, with its meanings.",
      "Keys are 16 bytes; values shrink to half. Fills begin with an empty store, and what reads or"
          + " deletes runs on what the last fill left. N is what all threads do together. fillbatch"
          + " writes 1,000 entries a batch; fillsync does N/1000 durable writes; seekrandom seeks and"
          + " reads 11."
    },
    footer = {
      "Example:",
      "  zap dbbench --benchmarks fillrandom,readrandom,seekrandom --num 1000000 --rounds 5",
      "Runs three benchmarks five times on each engine and shows the median ratio."
    })
@SuppressWarnings("NullAway.Init") // picocli sets what it annotates
final class DbBenchCommand implements Runnable {
  private static final int VALUE_BYTES = 100;

  @ParentCommand private Zap zap;
  @Mixin private BenchOptions bench;

  @Option(
      names = "--benchmarks",
      split = ",",
      paramLabel = "NAME",
      defaultValue =
          "fillseq,fillbatch,fillsync,fillrandom,overwrite,readrandom,readmissing,readseq,seekrandom,deleterandom",
      description = "Which, in order. Default: all, those that read after fillrandom")
  private List<String> benchmarks;

  @Option(
      names = "--num",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "Keys, and operations of each benchmark. Default: ${DEFAULT-VALUE}")
  private long number;

  private DbBenchCommand() {}

  @Override
  public void run() {
    List<DbBenchKind> kinds = benchmarks.stream().map(DbBenchKind::of).toList();
    int valueBytes = bench.valueBytes(VALUE_BYTES);
    var suite = new DbBenchSuite(kinds, number, valueBytes, bench.seed());
    bench.run(
        zap.engine(),
        suite,
        bench.plan(number, valueBytes),
        TimeBudget.unlimited(),
        Map.of("keys", "%,d".formatted(number)));
  }
}
