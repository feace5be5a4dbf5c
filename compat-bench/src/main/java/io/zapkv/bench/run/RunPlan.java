package io.zapkv.bench.run;

import java.util.List;

/// On what, and how often, a suite is run.
///
/// @param engines names of the engines, in the order of the first benchmark
/// @param threads threads of each benchmark, 1 to 1024
/// @param rounds how often everything is repeated, 1 to 1000
/// @param records keys the store is made for, at least 1
/// @param valueBytes length of a value
public record RunPlan(List<String> engines, int threads, int rounds, long records, int valueBytes) {
  /// Checks the bounds.
  public RunPlan {
    engines = List.copyOf(engines);
    require(!engines.isEmpty(), "name an engine");
    require(engines.size() == engines.stream().distinct().count(), "name each engine once");
    require(threads >= 1 && threads <= 1024, "threads must lie within 1 and 1024");
    require(rounds >= 1 && rounds <= 1000, "rounds must lie within 1 and 1000");
    require(records >= threads, "there must be at least one record for each thread");
  }

  private static void require(boolean ok, String otherwise) {
    if (!ok) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
