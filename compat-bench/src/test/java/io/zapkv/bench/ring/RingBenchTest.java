package io.zapkv.bench.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.ring.Clock;
import io.zapkv.ring.RingException;
import io.zapkv.ring.Rings;
import io.zapkv.ring.Rings.Choice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RingBenchTest {
  @TempDir private Path folder;

  @Test
  void thePlanHasEveryCellOnce() {
    assertThat(RingBench.plan()).hasSize(24).doesNotHaveDuplicates();
    assertThat(RingBench.plan())
        .contains(new RingCell(true, 128 << 10, 32, true), new RingCell(false, 4 << 10, 1, false));
  }

  @Test
  void fioIsGivenTheSameCell() {
    assertThat(new FioLoad(Path.of("/f"), 1 << 20).arguments(new RingCell(true, 4096, 8, true), 3))
        .contains(
            "--ioengine=io_uring",
            "--rw=randwrite",
            "--bs=4096",
            "--iodepth=8",
            "--direct=1",
            "--runtime=3",
            "--size=1048576",
            "--filename=/f");
  }

  @Test
  void theRateIsReadFromFiosReport() throws Exception {
    String report =
        "note: both iodepth\n{\"jobs\": [{\"error\": 0, \"read\": {\"iops\": 12.5},"
            + " \"write\": {\"iops\": 7.0}}]}";
    assertThat(FioLoad.rate(report, false)).isEqualTo(12.5);
    assertThat(FioLoad.rate(report, true)).isEqualTo(7.0);
    assertThatThrownBy(() -> FioLoad.rate("{\"jobs\": [{\"error\": 5}]}", true))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("5");
  }

  @Test
  void theRatioIsTheMedianOfTheRoundsOwn() {
    RingReport.Row row =
        new RingReport.Row(
            new RingCell(false, 4096, 1, true),
            List.of(100.0, 10.0, 55.0),
            List.of(100.0, 20.0, 50.0));
    assertThat(row.ratio()).isEqualTo(1.0);
    assertThat(row.oursMedian()).isEqualTo(55);
    assertThat(new RingReport(Map.of(), "r", "f", List.of(row)).table())
        .contains("| randread    4 KiB, depth  1, direct | 55 | 50 | 1.00 | 0.50 to 1.10 |");
  }

  @Test
  void ourSideRunsEveryKindOfCell() throws Exception {
    List<RingCell> seen = new ArrayList<>();
    try (Rings rings = Rings.choose(Choice.URING, 1, Thread::new)) {
      List<RingCell> cells =
          List.of(new RingCell(true, 4096, 8, true), new RingCell(false, 128 << 10, 1, false));
      RingReport report =
          new RingBench(folder, 1 << 20, 1, 1, false).run(rings, cells, Clock.system(), seen::add);
      assertThat(seen).isEqualTo(cells);
      assertThat(report.rows()).allMatch(row -> row.oursMedian() > 0);
    } catch (RingException e) {
      Assumptions.abort(e.getMessage());
    }
    try (var files = Files.list(folder)) {
      assertThat(files).as("the file is removed").isEmpty();
    }
  }
}
