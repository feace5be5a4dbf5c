package io.zapkv.bench.matrix;

import io.zapkv.bench.matrix.MatrixPanel.Workloads;
import io.zapkv.bench.report.MachineFacts;
import io.zapkv.bench.report.Report;
import io.zapkv.bench.run.DbBenchSuite;
import io.zapkv.bench.run.Outcome;
import io.zapkv.bench.run.Progress;
import io.zapkv.bench.run.RunPlan;
import io.zapkv.bench.run.Runner;
import io.zapkv.bench.run.Suite;
import io.zapkv.bench.run.TimeBudget;
import io.zapkv.bench.run.YcsbSuite;
import io.zapkv.bench.target.Engine;
import io.zapkv.bench.target.Site;
import io.zapkv.bench.target.TargetOptions;
import io.zapkv.bench.workload.DbBenchKind;
import io.zapkv.bench.workload.YcsbKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Runs every workload in every panel, both engines in turns.
///
/// A fill does all its records; the others go on for [#secondsEach] at most. After each, an engine
/// gets the time to end its background work.
///
/// @param engine ZapKV
/// @param engines the two names, ZapKV's first
/// @param terms what does not change from panel to panel; memory and direct I/O do
/// @param folder where stores live meanwhile
/// @param rounds how often everything is repeated
/// @param secondsEach how long a workload may go on
/// @param seed what keys and values are drawn from
public record Matrix(
    Engine engine,
    List<String> engines,
    TargetOptions terms,
    Path folder,
    int rounds,
    double secondsEach,
    long seed) {
  private static final List<DbBenchKind> ALL =
      List.of(
          DbBenchKind.FILLSEQ,
          DbBenchKind.FILLBATCH,
          DbBenchKind.FILLRANDOM,
          DbBenchKind.OVERWRITE,
          DbBenchKind.READRANDOM,
          DbBenchKind.READMISSING,
          DbBenchKind.READSEQ,
          DbBenchKind.SEEKRANDOM,
          DbBenchKind.SEEKRANDOM_REVERSE,
          DbBenchKind.DELETERANDOM);

  /// No workload ends because it has nothing left to do.
  private static final long OPERATIONS = 100_000_000;

  /// Runs the panels.
  public MatrixReport run(List<MatrixPanel> panels, Progress progress) {
    List<MatrixCell> cells = new ArrayList<>();
    for (MatrixPanel panel : panels) {
      if (panel.workloads() == Workloads.SYNC) {
        cells.addAll(run(panel, dbBench(panel, List.of(DbBenchKind.FILLSYNC)), progress));
        continue;
      }
      cells.addAll(run(panel, dbBench(panel, ALL), progress));
      var ycsb =
          new YcsbSuite(
              List.of(YcsbKind.values()),
              panel.records(),
              _ -> OPERATIONS,
              panel.valueBytes(),
              seed);
      cells.addAll(run(panel, ycsb, progress));
    }
    return new MatrixReport(engines, MachineFacts.of(folder), rounds, cells);
  }

  private Suite dbBench(MatrixPanel panel, List<DbBenchKind> kinds) {
    return new DbBenchSuite(kinds, panel.records(), panel.valueBytes(), seed);
  }

  private List<MatrixCell> run(MatrixPanel panel, Suite suite, Progress progress) {
    var options =
        new TargetOptions(
            panel.memoryBytes(), terms.compression(), terms.filterBitsPerKey(), panel.direct());
    var plan = new RunPlan(engines, panel.threads(), rounds, panel.records(), panel.valueBytes());
    List<Outcome> outcomes;
    try (Site site = Site.of(engine, options, null, folder)) {
      TimeBudget budget = TimeBudget.each((long) (secondsEach * 1e9));
      outcomes = new Runner(site, suite, plan, budget, progress).run();
    }
    return suite.steps().stream().map(step -> cell(panel, suite, step, outcomes)).toList();
  }

  private MatrixCell cell(MatrixPanel panel, Suite suite, String step, List<Outcome> outcomes) {
    List<Outcome> ours = of(engines.get(0), step, outcomes);
    List<Outcome> theirs = of(engines.get(1), step, outcomes);
    String name = suite instanceof YcsbSuite ? MatrixCell.ycsb(YcsbKind.of(step)) : step;
    return new MatrixCell(
        panel.label(),
        name,
        Report.Ratio.of(ours, theirs, outcome -> outcome.result().opsPerSecond()),
        Report.Ratio.of(ours, theirs, outcome -> outcome.result().p999Micros()),
        maxMillis(ours),
        maxMillis(theirs),
        MatrixGoal.of(panel, name),
        panel.workloads() == Workloads.ALL);
  }

  private static List<Outcome> of(String engine, String step, List<Outcome> outcomes) {
    return outcomes.stream()
        .filter(outcome -> outcome.result().engine().equals(engine))
        .filter(outcome -> outcome.result().benchmark().equals(step))
        .sorted(Comparator.comparingInt(Outcome::round))
        .toList();
  }

  private static double maxMillis(List<Outcome> outcomes) {
    return outcomes.stream().mapToDouble(o -> o.result().maxMicros() / 1e3).max().orElse(0);
  }
}
