package io.zapkv.bench.run;

import io.zapkv.bench.workload.Workload;
import java.util.List;

/// What to run, in order.
public interface Suite {
  /// What it is, for titles: `YCSB`.
  String title();

  /// How keys, values and operations come about, one sentence each, for readers of the figures.
  List<String> notes();

  /// Names of the steps, in the order they are run.
  List<String> steps();

  /// Whether a step wants an empty store.
  boolean isFresh(int step);

  /// Whether a step must do all its operations, however long that takes.
  boolean isUncapped(int step);

  /// Whether every read of a step must find what it looks for.
  boolean mustFind(int step);

  /// The workload of a step, for one engine in one round. Called once for each, in order.
  Workload workload(int step, String engine, int round);
}
