package io.zapkv.bench.report;

import io.zapkv.bench.run.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/// A report as one table for the terminal: the ratio first, then engine beside engine.
public final class TextTable {
  private TextTable() {}

  /// The table, several lines.
  public static String of(Report report) {
    List<String> engines = List.copyOf(report.engines().keySet());
    List<List<String>> rows = new ArrayList<>();
    rows.add(head(report, engines));
    for (String benchmark : report.benchmarks()) {
      List<String> row = new ArrayList<>();
      row.add(benchmark);
      if (engines.size() > 1) {
        row.add(ratio(report.ratio(benchmark)));
      }
      for (Column column : COLUMNS) {
        for (String engine : engines) {
          row.add(column.print.apply(report.median(engine, benchmark).result()));
        }
      }
      rows.add(row);
    }
    return groups(engines) + print(rows);
  }

  private static final List<Column> COLUMNS =
      List.of(
          new Column("operations a second", result -> number("%,.0f", result.opsPerSecond())),
          new Column("p99, µs", result -> micros(result.p99Micros())),
          new Column("max, ms", result -> number("%,.1f", result.maxMicros() / 1000)),
          new Column(
              "write ampl.",
              result ->
                  result.userBytesWritten() == 0
                      ? "-"
                      : number("%.2f", result.writeAmplification())));

  private static final int GAP = 2;
  private static final int CELL = 10;

  private record Column(String name, Function<Result, String> print) {}

  private static List<String> head(Report report, List<String> engines) {
    List<String> head = new ArrayList<>();
    head.add(report.title());
    if (engines.size() > 1) {
      head.add(engines.get(0) + "/" + engines.get(1));
    }
    for (Column _ : COLUMNS) {
      head.addAll(engines);
    }
    return head;
  }

  /// The line above the head: what the engines' columns are.
  private static String groups(List<String> engines) {
    StringBuilder line = new StringBuilder(" ".repeat(FIRST + (engines.size() > 1 ? RATIO : 0)));
    for (Column column : COLUMNS) {
      String name = column.name;
      line.append(" ".repeat(Math.max(GAP, engines.size() * (CELL + GAP) - name.length())));
      line.append(name);
    }
    return line.append('\n').toString();
  }

  private static final int FIRST = 14;
  private static final int RATIO = 20;

  private static String print(List<List<String>> rows) {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      boolean hasRatio = row.size() > COLUMNS.size() + 1;
      text.append(pad(row.get(0), -FIRST));
      for (int i = 1; i < row.size(); i++) {
        text.append(pad(row.get(i), i == 1 && hasRatio ? RATIO : CELL + GAP));
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String pad(String cell, int width) {
    return String.format(Locale.ROOT, "%" + width + "s", cell);
  }

  /// The spread is shown where there is one.
  static String ratio(Report.Ratio ratio) {
    if (!ratio.isPresent()) {
      return "-";
    }
    String median = number("%.2fx", ratio.median());
    return ratio.least() == ratio.most()
        ? median
        : median + number(" (%.1f", ratio.least()) + number("-%.1f)", ratio.most());
  }

  private static String micros(double micros) {
    return number(micros < 100 ? "%.1f" : "%,.0f", micros);
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
