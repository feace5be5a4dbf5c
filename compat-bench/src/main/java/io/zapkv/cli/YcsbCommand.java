package io.zapkv.cli;

import io.zapkv.bench.run.TimeBudget;
import io.zapkv.bench.run.YcsbSuite;
import io.zapkv.bench.workload.YcsbKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `zap ycsb`: YCSB's core workloads, engine beside engine.
@Command(
    name = "ycsb",
    description = {
      "Run YCSB's core workloads on each engine in turn.",
      "A record is one key with one field of --value-bytes. With --device nothing is erased: load"
          + " adds to what is there, and without load the workloads run on what an earlier load left."
    },
    footer = {
      "Example:",
      "  zap ycsb --workloads load,a,c --records 1000000 --operations 1000000 --threads 2",
      "Runs load, A and C on ZapKV and on RocksDB, a million operations each."
    })
@SuppressWarnings("NullAway.Init") // picocli sets what it annotates
final class YcsbCommand implements Runnable {
  private static final int VALUE_BYTES = 1000;

  @ParentCommand private Zap zap;
  @Mixin private BenchOptions bench;

  @Option(
      names = "--workloads",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "load,a,b,c,d,e,f",
      description = "Which, in order. Default: ${DEFAULT-VALUE}")
  private List<String> workloads;

  @Option(
      names = "--records",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "Records to load, or loaded before. Default: ${DEFAULT-VALUE}")
  private long records;

  @Option(
      names = "--operations",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "Operations of each workload but load. Default: ${DEFAULT-VALUE}")
  private int operations;

  private YcsbCommand() {}

  @Override
  public void run() {
    List<YcsbKind> kinds = workloads.stream().map(YcsbKind::of).toList();
    if (operations < bench.threads()) {
      throw new IllegalArgumentException("there must be at least one operation for each thread");
    }
    int valueBytes = bench.valueBytes(VALUE_BYTES);
    var suite = new YcsbSuite(kinds, records, _ -> operations, valueBytes, bench.seed());
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("records", "%,d".formatted(records));
    settings.put("operations", "%,d of each workload but load".formatted(operations));
    bench.run(
        zap.engine(), suite, bench.plan(records, valueBytes), TimeBudget.unlimited(), settings);
  }
}
