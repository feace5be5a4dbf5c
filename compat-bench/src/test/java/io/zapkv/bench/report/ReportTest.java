package io.zapkv.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zapkv.bench.run.Outcome;
import io.zapkv.bench.run.Result;
import io.zapkv.fake.MapStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  @TempDir private Path folder;

  private static Outcome outcome(String engine, String benchmark, int round, double rate) {
    var latencies = new Histogram(1_000_000_000L, 3);
    latencies.recordValue(1000);
    var result =
        new Result(
            engine,
            benchmark,
            2,
            100,
            1000,
            100,
            100 / rate,
            rate,
            1,
            2,
            3,
            4,
            50,
            100,
            2,
            9,
            0,
            0,
            0);
    return new Outcome(result, round, latencies, List.of(0L, 50L, 100L), 0.1, 1 << 20, 0);
  }

  private static Report report(Outcome... outcomes) {
    Map<String, String> engines = new LinkedHashMap<>();
    engines.put("zapkv", "as it is <b>built</b> </script>");
    engines.put("rocksdb", "as it comes");
    return new Report(
        "YCSB",
        "today",
        List.of("a note"),
        Map.of("records", "100"),
        engines,
        Map.of("cores", "2"),
        List.of(outcomes),
        Map.of("zapkv", MapStore.zoneMap("emu:here")));
  }

  @Test
  void theRatioIsTheMedianOfTheRounds() {
    Report report =
        report(
            outcome("zapkv", "a", 0, 300), outcome("rocksdb", "a", 0, 100),
            outcome("rocksdb", "a", 1, 100), outcome("zapkv", "a", 1, 100),
            outcome("zapkv", "a", 2, 500), outcome("rocksdb", "a", 2, 250));
    assertThat(report.ratio("a")).isEqualTo(new Report.Ratio(2, 1, 3));
    assertThat(TextTable.of(report)).contains("zapkv/rocksdb", "2.00x (1.0-3.0)");
  }

  @Test
  void theJsonHasOneObjectForEachEngineAndBenchmarkWithTheAgreedNames() throws Exception {
    Path file = folder.resolve("deep/report.json");
    Json.write(
        file, report(outcome("zapkv", "a", 0, 300), outcome("rocksdb", "a", 0, 100)).results());
    JsonNode array = new ObjectMapper().readTree(file.toFile());
    assertThat(array).hasSize(2);
    List<String> names = new ArrayList<>();
    array.get(0).fieldNames().forEachRemaining(names::add);
    assertThat(names)
        .containsExactly(
            "engine",
            "benchmark",
            "threads",
            "records",
            "valueBytes",
            "operations",
            "seconds",
            "opsPerSecond",
            "p50Micros",
            "p99Micros",
            "p999Micros",
            "maxMicros",
            "userBytesWritten",
            "deviceBytesWritten",
            "writeAmplification",
            "spaceBytes",
            "zoneResets",
            "zoneFinishes",
            "copiedBytes");
  }

  @Test
  void thePageNeedsNothingFromAnywhere() throws Exception {
    Path file = folder.resolve("report.html");
    HtmlReport.write(file, report(outcome("zapkv", "a", 0, 300), outcome("rocksdb", "a", 0, 100)));
    String page = Files.readString(file);
    assertThat(page).contains("uPlot").doesNotContain("{{");
    assertThat(page).doesNotContainPattern("(src|href)=|@import|url\\(");
    // Text of an engine's own cannot end the script that carries it.
    assertThat(page).doesNotContain("built</b>");
  }
}
