package io.zapkv.bench.matrix;

import io.zapkv.bench.matrix.MatrixPanel.Workloads;
import io.zapkv.bench.workload.DbBenchKind;
import io.zapkv.bench.workload.YcsbKind;
import java.util.Set;

/// How many times as fast as RocksDB ZapKV means to be.
final class MatrixGoal {
  private static final double WRITES_AND_SCANS = 3;
  private static final double POINT_READS = 2;
  private static final double SYNC_ALONE = 1.5;
  private static final double SYNC_TOGETHER = 3;
  private static final double DISK = 1.2;

  /// The mean over all cells that the processor bounds.
  static final double MEAN = 4;

  private static final Set<String> READS =
      Set.of(
          DbBenchKind.READRANDOM.label(),
          DbBenchKind.READMISSING.label(),
          MatrixCell.ycsb(YcsbKind.B),
          MatrixCell.ycsb(YcsbKind.C),
          MatrixCell.ycsb(YcsbKind.D));

  private MatrixGoal() {}

  static double of(MatrixPanel panel, String benchmark) {
    if (panel.workloads() == Workloads.SYNC) {
      return panel.threads() == 1 ? SYNC_ALONE : SYNC_TOGETHER;
    }
    if (panel.workloads() == Workloads.LARGE) {
      return DISK;
    }
    return READS.contains(benchmark) ? POINT_READS : WRITES_AND_SCANS;
  }
}
