package io.zapkv.bench.matrix;

import io.zapkv.bench.report.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// All cells, and what they say together. The names of the components are the names in JSON.
///
/// @param engines the two engines
/// @param machine what it ran on, by name
/// @param rounds how often each cell was measured
/// @param cells in the order they were run
public record MatrixReport(
    List<String> engines, Map<String, String> machine, int rounds, List<MatrixCell> cells) {
  private static final int FIRST = 20;
  private static final int COLUMN = 18;
  private static final double STALL_MILLIS_MAX = 20;

  /// The geometric mean of the ratios in cells that the processor bounds.
  public double mean() {
    return Math.exp(
        cells.stream()
            .filter(MatrixCell::processorBound)
            .mapToDouble(cell -> Math.log(cell.ratio().median()))
            .average()
            .orElse(0));
  }

  /// How many cells are where they are to be.
  public long reached() {
    return cells.stream().filter(MatrixCell::isReached).count();
  }

  /// For people: rates, tails and longest operations, each a table of workloads by panels.
  public String text() {
    return "times as fast, %s/%s: median of %d rounds (least-most), * short of its goal%n%s"
            .formatted(engines.get(0), engines.get(1), rounds, table(MatrixReport::rate))
        + "%np99.9, times as long: less is better, * longer than the other's%n%s"
            .formatted(table(MatrixReport::tail))
        + "%nlongest operation in ms, %s/%s, * longer than %.0f and the other's%n%s"
            .formatted(
                engines.get(0), engines.get(1), STALL_MILLIS_MAX, table(MatrixReport::longest))
        + "%n%d of %d cells reach their goal; geometric mean where the processor bounds: %.2f, goal %.1f%n"
            .formatted(reached(), cells.size(), mean(), MatrixGoal.MEAN);
  }

  private static String rate(MatrixCell cell) {
    Report.Ratio ratio = cell.ratio();
    return "%.2f (%.1f-%.1f)".formatted(ratio.median(), ratio.least(), ratio.most())
        + (cell.isReached() ? " " : "*");
  }

  private static String tail(MatrixCell cell) {
    double median = cell.tailRatio().median();
    return "%.2f".formatted(median) + (median > 1 ? "*" : " ");
  }

  private static String longest(MatrixCell cell) {
    boolean isLong = cell.maxMillis() > Math.max(STALL_MILLIS_MAX, cell.otherMaxMillis());
    return "%.1f/%.1f".formatted(cell.maxMillis(), cell.otherMaxMillis()) + (isLong ? "*" : " ");
  }

  private String table(Function<MatrixCell, String> print) {
    List<String> panels = cells.stream().map(MatrixCell::panel).distinct().toList();
    List<String> benchmarks = cells.stream().map(MatrixCell::benchmark).distinct().toList();
    StringBuilder text = new StringBuilder(line("", panels));
    for (String benchmark : benchmarks) {
      List<String> row = new ArrayList<>();
      for (String panel : panels) {
        row.add(
            cells.stream()
                .filter(cell -> cell.panel().equals(panel) && cell.benchmark().equals(benchmark))
                .map(print)
                .findFirst()
                .orElse("- "));
      }
      text.append(line(benchmark, row));
    }
    return text.toString();
  }

  private static String line(String first, List<String> cells) {
    StringBuilder line = new StringBuilder(first + " ".repeat(Math.max(0, FIRST - first.length())));
    cells.forEach(
        cell -> line.append(" ".repeat(Math.max(1, COLUMN - cell.length()))).append(cell));
    return line.append(System.lineSeparator()).toString();
  }
}
