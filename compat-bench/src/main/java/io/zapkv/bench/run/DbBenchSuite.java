package io.zapkv.bench.run;

import io.zapkv.bench.workload.DbBenchKind;
import io.zapkv.bench.workload.DbBenchWorkload;
import io.zapkv.bench.workload.Workload;
import java.util.List;

/// A list of db_bench's benchmarks; those that read run on what the last fill left.
public final class DbBenchSuite implements Suite {
  private final List<DbBenchKind> kinds;
  private final long number;
  private final int valueBytes;
  private final long seed;

  /// @param kinds which, in order
  /// @param number keys, and operations of each
  /// @param valueBytes length of a value
  /// @param seed what keys and values are drawn from
  public DbBenchSuite(List<DbBenchKind> kinds, long number, int valueBytes, long seed) {
    this.kinds = List.copyOf(kinds);
    this.number = number;
    this.valueBytes = valueBytes;
    this.seed = seed;
  }

  @Override
  public String title() {
    return "db_bench";
  }

  @Override
  public List<String> notes() {
    return List.of(
        "Keys are 16 bytes: a number, big-endian, and padding. Values shrink to half.",
        "N is what all threads do together. Random keys are drawn with replacement.",
        "fillseq, fillrandom, fillbatch and fillsync start on an empty store; the others run on what"
            + " is there.",
        "fillbatch writes 1,000 entries a batch: operations are entries, latencies are batches.",
        "fillsync does N/1000 writes, each durable when it returns.",
        "readseq counts entries; seekrandom opens a cursor, seeks, and reads 11 entries, and"
            + " seekrandom_reverse does so backwards.");
  }

  @Override
  public List<String> steps() {
    return kinds.stream().map(DbBenchKind::label).toList();
  }

  @Override
  public boolean isFresh(int step) {
    return kinds.get(step).isFresh();
  }

  /// What a fill leaves is what the others work on.
  @Override
  public boolean isUncapped(int step) {
    return kinds.get(step).isFresh();
  }

  @Override
  public boolean mustFind(int step) {
    return false;
  }

  @Override
  public Workload workload(int step, String engine, int round) {
    return new DbBenchWorkload(kinds.get(step), number, valueBytes, seed + round);
  }
}
