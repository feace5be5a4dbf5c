package io.zapkv.bench.workload;

/// The part of a workload that one thread runs.
public interface Worker extends AutoCloseable {
  /// Does one operation and records how long it took.
  ///
  /// @return how many operations it counts for; 0 where there is nothing left to do
  int step();

  @Override
  default void close() {}
}
