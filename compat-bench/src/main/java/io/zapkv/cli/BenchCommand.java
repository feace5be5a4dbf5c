package io.zapkv.cli;

import io.zapkv.bench.matrix.MatrixPanel;
import io.zapkv.bench.run.Calibration;
import io.zapkv.bench.run.TimeBudget;
import io.zapkv.bench.run.YcsbSuite;
import io.zapkv.bench.target.Site;
import io.zapkv.bench.workload.YcsbKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `zap bench`: all of YCSB on both engines, in the time there is.
@Command(
    name = "bench",
    description = {
      "Load and run YCSB's workloads A to F on each engine within a few minutes.",
      "A short trial says how many records and operations fit. The report goes to"
          + " target/bench/report.html and report.json."
    },
    footer = {"Example:", "  zap bench --minutes 1", "Compares ZapKV with RocksDB in a minute."})
@SuppressWarnings("NullAway.Init") // picocli sets what it annotates
final class BenchCommand implements Runnable {
  private static final int VALUE_BYTES = 1000;
  private static final int THREADS = 2;
  private static final double MINUTES_MIN = 0.25;
  private static final int MATRIX_ROUNDS = 5;

  @ParentCommand private Zap zap;
  @Mixin private BenchOptions bench;

  @Option(
      names = "--minutes",
      paramLabel = "M",
      defaultValue = "3",
      description = "How long it may take in all. Default: ${DEFAULT-VALUE}")
  private double minutes;

  @Option(
      names = "--matrix",
      description = {
        "Instead: every workload of dbbench and YCSB with values of 100 and 1,000 bytes, 1, 2 and 4",
        "threads, data that fits the memory and four times as much. Takes hours."
      })
  private boolean matrix;

  @Option(
      names = "--panels",
      split = ";",
      paramLabel = "NAME",
      description = "Of the matrix only these, as the tables name them: \"100 B, 1;100 B, 1, 4x\"")
  private List<String> panels = List.of();

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "In the matrix: of each workload but fills. Default: ${DEFAULT-VALUE}")
  private double seconds = 2;

  private BenchCommand() {}

  @Override
  public void run() {
    if (matrix) {
      bench.runMatrix(zap.engine(), panels(), bench.rounds(MATRIX_ROUNDS), seconds);
    } else {
      runYcsb();
    }
  }

  private List<MatrixPanel> panels() {
    List<MatrixPanel> all = MatrixPanel.all();
    List<String> labels = all.stream().map(MatrixPanel::label).toList();
    for (String panel : panels) {
      if (!labels.contains(panel)) {
        throw new IllegalArgumentException("there is no panel \"" + panel + "\": " + labels);
      }
    }
    return all.stream()
        .filter(panel -> panels.isEmpty() || panels.contains(panel.label()))
        .toList();
  }

  private void runYcsb() {
    if (!(minutes >= MINUTES_MIN && minutes <= 24 * 60)) {
      throw new IllegalArgumentException("--minutes must lie within 0.25 and 1440");
    }
    long began = System.nanoTime();
    bench.defaultThreads(THREADS);
    bench.defaultFiles(
        BenchOptions.FOLDER.resolve("report.json"), BenchOptions.FOLDER.resolve("report.html"));
    int valueBytes = bench.valueBytes(VALUE_BYTES);
    List<YcsbKind> kinds = List.of(YcsbKind.values());
    Calibration calibration;
    try (Site site = bench.site(zap.engine())) {
      calibration =
          Calibration.measure(
              site, bench.plan(Calibration.RECORDS, valueBytes), bench.seed(), minutes * 60);
    }
    long records = calibration.records(valueBytes);
    var suite = new YcsbSuite(kinds, records, calibration::operations, valueBytes, bench.seed());
    var plan = bench.plan(records, valueBytes);
    var budget =
        TimeBudget.until(
            began + calibration.runNanos(),
            plan.rounds() * plan.engines().size() * suite.steps().size());
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("records", "%,d".formatted(records));
    settings.put(
        "operations", "as many as a trial said fit into %s minutes".formatted(print(minutes)));
    bench.run(zap.engine(), suite, plan, budget, settings);
  }

  private static String print(double minutes) {
    return minutes == Math.rint(minutes) ? "%.0f".formatted(minutes) : "%.2f".formatted(minutes);
  }
}
