package io.zapkv.bench.workload;

import io.zapkv.bench.target.Target;

/// One benchmark: what a number of threads do to one store.
public interface Workload {
  /// Its name in tables and files: `a`, `fillseq`.
  String name();

  /// How many operations it is, by all threads together.
  long operations();

  /// Makes what thread `thread` of `threads` runs. Called before any of them starts.
  Worker worker(Target target, int thread, int threads, Recorder recorder);
}
