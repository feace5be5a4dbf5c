package io.zapkv.bench.ring;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/// What was measured.
///
/// @param machine what it ran on
/// @param ring which ring was ours
/// @param fio the version of the other
/// @param rows the cells, in the order of the plan
public record RingReport(Map<String, String> machine, String ring, String fio, List<Row> rows) {
  /// One cell: operations a second of each round, ours and fio's.
  public record Row(RingCell cell, List<Double> ours, List<Double> theirs) {
    /// Medians over the rounds.
    public double oursMedian() {
      return median(ours);
    }

    /// Medians over the rounds.
    public double theirsMedian() {
      return median(theirs);
    }

    /// The median of the rounds' own ratios: what is noise to both cancels out in it.
    public double ratio() {
      return median(ratios());
    }

    List<Double> ratios() {
      List<Double> ratios = new ArrayList<>();
      for (int round = 0; round < ours.size(); round++) {
        ratios.add(ours.get(round) / theirs.get(round));
      }
      return ratios;
    }

    private static double median(List<Double> values) {
      List<Double> sorted = values.stream().sorted().toList();
      int middle = sorted.size() / 2;
      return sorted.size() % 2 == 1
          ? sorted.get(middle)
          : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
  }

  /// The table, in Markdown, which is readable in a terminal, too.
  public String table() {
    StringBuilder text = new StringBuilder();
    text.append("| cell | zap, ops/s | fio, ops/s | ratio | of the rounds |\n");
    text.append("| --- | ---: | ---: | ---: | --- |\n");
    for (Row row : rows) {
      List<Double> ratios = row.ratios();
      text.append(
          "| %s | %,.0f | %,.0f | %.2f | %.2f to %.2f |%n"
              .formatted(
                  row.cell,
                  row.oursMedian(),
                  row.theirsMedian(),
                  row.ratio(),
                  Collections.min(ratios),
                  Collections.max(ratios)));
    }
    return text.toString();
  }
}
