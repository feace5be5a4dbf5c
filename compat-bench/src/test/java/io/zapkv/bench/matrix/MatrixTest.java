package io.zapkv.bench.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zapkv.api.Compression;
import io.zapkv.bench.matrix.MatrixPanel.Workloads;
import io.zapkv.bench.report.Report.Ratio;
import io.zapkv.bench.run.Progress;
import io.zapkv.bench.target.TargetOptions;
import io.zapkv.bench.target.ZapEngine;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MatrixTest {
  @TempDir private Path folder;

  @Test
  void everyWorkloadOfAPanelIsRunOnBothEngines() {
    MatrixReport report = run(new MatrixPanel(100, 2, 64L << 20, 2000, Workloads.ALL));
    assertThat(report.cells()).hasSize(17).allMatch(MatrixCell::processorBound);
    assertThat(report.cells())
        .allSatisfy(cell -> {
          assertThat(cell.ratio().median()).as(cell.benchmark()).isPositive();
          assertThat(cell.maxMillis()).as(cell.benchmark()).isPositive();
        });
    assertThat(report.text()).contains("ycsb load", "seekrandom_reverse", "100 B, 2");
  }

  @Test
  void largeDataIsReadAndWrittenPastThePageCache() {
    MatrixReport report = run(new MatrixPanel(1000, 1, 32L << 20, 4000, Workloads.LARGE));
    assertThat(report.cells()).hasSize(17).noneMatch(MatrixCell::processorBound);
    assertThat(report.text()).contains("1,000 B, 1, 4x");
  }

  private MatrixReport run(MatrixPanel panel) {
    var terms = new TargetOptions(64L << 20, Compression.LZ4, 10, false);
    return new Matrix(new ZapEngine(), List.of("zapkv", "rocksdb"), terms, folder, 1, 0.05, 7)
        .run(List.of(panel), Progress.none());
  }

  @Test
  void theGoalDependsOnTheWorkloadAndThePanel() {
    MatrixPanel alone = new MatrixPanel(100, 1, 1, 1, Workloads.SYNC);
    MatrixPanel large = new MatrixPanel(100, 1, 1, 1, Workloads.LARGE);
    MatrixPanel inMemory = new MatrixPanel(100, 4, 1, 1, Workloads.ALL);
    MatrixPanel together = new MatrixPanel(100, 4, 1, 1, Workloads.SYNC);
    assertThat(MatrixGoal.of(alone, "fillsync")).isEqualTo(1.5);
    assertThat(MatrixGoal.of(together, "fillsync")).isEqualTo(3);
    assertThat(MatrixGoal.of(large, "fillrandom")).isEqualTo(1.2);
    assertThat(MatrixGoal.of(inMemory, "fillrandom")).isEqualTo(3);
    assertThat(MatrixGoal.of(inMemory, "readrandom")).isEqualTo(2);
    assertThat(MatrixGoal.of(inMemory, "ycsb c")).isEqualTo(2);
    assertThat(MatrixGoal.of(inMemory, "ycsb e")).isEqualTo(3);
  }

  @Test
  void theMeanIsGeometricAndOfCellsThatTheProcessorBounds() {
    var report =
        new MatrixReport(
            List.of("zapkv", "rocksdb"),
            Map.of(),
            1,
            List.of(
                cell("a", 2, 0.5, 5, true), cell("b", 8, 2, 30, true), cell("c", 1, 1, 1, false)));
    assertThat(report.mean()).isCloseTo(4, within(1e-9));
    assertThat(report.reached()).isOne();
    assertThat(report.text())
        .contains("2.00 (2.0-2.0)*", "8.00 (8.0-8.0) ", "2.00*", "30.0/10.0*", "5.0/10.0 ");
  }

  private static MatrixCell cell(
      String name, double ratio, double tail, double maxMillis, boolean processorBound) {
    return new MatrixCell(
        "panel",
        name,
        new Ratio(ratio, ratio, ratio),
        new Ratio(tail, tail, tail),
        maxMillis,
        10,
        3,
        processorBound);
  }
}
