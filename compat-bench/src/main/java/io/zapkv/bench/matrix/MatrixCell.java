package io.zapkv.bench.matrix;

import io.zapkv.bench.report.Report;
import io.zapkv.bench.workload.YcsbKind;

/// One workload in one panel, in figures. The names of the components are the names in JSON.
///
/// @param panel the panel's label
/// @param benchmark the workload
/// @param ratio operations a second, ZapKV's by the other's, of each round
/// @param tailRatio the same of the latency that one operation in a thousand exceeds: less is
///   better
/// @param maxMillis ZapKV's longest operation in any round, in milliseconds
/// @param otherMaxMillis the other's
/// @param goal what `ratio` is to reach
/// @param processorBound whether it counts for the mean
public record MatrixCell(
    String panel,
    String benchmark,
    Report.Ratio ratio,
    Report.Ratio tailRatio,
    double maxMillis,
    double otherMaxMillis,
    double goal,
    boolean processorBound) {
  /// The name of one of YCSB's workloads among those of db_bench.
  static String ycsb(YcsbKind kind) {
    return "ycsb " + kind.label();
  }

  /// Whether the median is as large as it is to be.
  public boolean isReached() {
    return ratio.median() >= goal;
  }
}
