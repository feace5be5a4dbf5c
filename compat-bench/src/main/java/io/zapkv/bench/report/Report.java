package io.zapkv.bench.report;

import io.zapkv.api.ZoneMap;
import io.zapkv.bench.run.Outcome;
import io.zapkv.bench.run.Result;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// Everything that is known about a run when it has ended.
///
/// @param title what was run
/// @param when when it began, as people read it
/// @param notes how the figures are to be read, one sentence each
/// @param settings what was asked for, by name
/// @param engines how each engine was set up, by its name, in order; the first is compared with the
///   second
/// @param machine what it ran on, by name
/// @param outcomes what came out, in the order it was run
/// @param zones the zones of each engine that has them, at the end
public record Report(
    String title,
    String when,
    List<String> notes,
    Map<String, String> settings,
    Map<String, String> engines,
    Map<String, String> machine,
    List<Outcome> outcomes,
    Map<String, ZoneMap> zones) {
  /// The benchmarks, in the order they were first run.
  public List<String> benchmarks() {
    return outcomes.stream().map(outcome -> outcome.result().benchmark()).distinct().toList();
  }

  /// What an engine did in a benchmark, of all rounds the one with the median rate.
  public Outcome median(String engine, String benchmark) {
    List<Outcome> sorted =
        rounds(engine, benchmark).stream()
            .sorted(Comparator.comparingDouble(outcome -> outcome.result().opsPerSecond()))
            .toList();
    return sorted.get(sorted.size() / 2);
  }

  /// What an engine did in a benchmark, round by round.
  public List<Outcome> rounds(String engine, String benchmark) {
    return outcomes.stream()
        .filter(outcome -> outcome.result().engine().equals(engine))
        .filter(outcome -> outcome.result().benchmark().equals(benchmark))
        .sorted(Comparator.comparingInt(Outcome::round))
        .toList();
  }

  /// One result for each engine and benchmark: the median round's.
  public List<Result> results() {
    return benchmarks().stream()
        .flatMap(benchmark ->
            engines.keySet().stream().map(engine -> median(engine, benchmark).result()))
        .toList();
  }

  /// How many times as fast the first engine was as the second; none where there is one only.
  public Ratio ratio(String benchmark) {
    List<String> names = List.copyOf(engines.keySet());
    if (names.size() < 2) {
      return Ratio.NONE;
    }
    return Ratio.of(
        rounds(names.get(0), benchmark),
        rounds(names.get(1), benchmark),
        outcome -> outcome.result().opsPerSecond());
  }

  /// A figure of two engines, divided round by round.
  ///
  /// @param median the middle one of all rounds; 0 where nothing was compared
  /// @param least the smallest
  /// @param most the largest
  public record Ratio(double median, double least, double most) {
    /// There was nothing to compare with.
    public static final Ratio NONE = new Ratio(0, 0, 0);

    /// The ratio of one figure of two engines, over all rounds that both have.
    public static Ratio of(
        List<Outcome> ours, List<Outcome> theirs, ToDoubleFunction<Outcome> figure) {
      double[] sorted = new double[Math.min(ours.size(), theirs.size())];
      if (sorted.length == 0) {
        return NONE;
      }
      for (int round = 0; round < sorted.length; round++) {
        sorted[round] =
            figure.applyAsDouble(ours.get(round)) / figure.applyAsDouble(theirs.get(round));
      }
      Arrays.sort(sorted);
      return new Ratio(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
    }

    /// Whether anything was compared.
    public boolean isPresent() {
      return median > 0;
    }
  }
}
