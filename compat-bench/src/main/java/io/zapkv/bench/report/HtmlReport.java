package io.zapkv.bench.report;

import io.zapkv.api.ZoneMap;
import io.zapkv.bench.run.Outcome;
import io.zapkv.bench.run.Runner;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// Writes a report as one HTML page. Its style, its script, the chart library and the figures are
/// all inside, so it opens without a network, and from a mail.
public final class HtmlReport {
  private static final String CHART = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
  private static final double[] PERCENTILES = {
    0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 99.995, 99.999, 100
  };

  private HtmlReport() {}

  /// Writes the page into `file`, whose folder is made where it is missing.
  public static void write(Path file, Report report) {
    String page =
        resource("report.html")
            .replace("{{title}}", escape(report.title()))
            .replace("{{style}}", resource(CHART + "uPlot.min.css") + resource("report.css"))
            .replace("{{data}}", Json.inScript(data(report)))
            .replace("{{chart}}", resource(CHART + "uPlot.iife.min.js"))
            .replace("{{script}}", resource("report.js"));
    Json.writeText(file, page);
  }

  private static Map<String, Object> data(Report report) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("title", report.title());
    data.put("when", report.when());
    data.put("notes", report.notes());
    data.put("settings", report.settings());
    data.put("engines", report.engines());
    data.put("machine", report.machine());
    data.put("sampleMillis", Runner.SAMPLE_MILLIS);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (String benchmark : report.benchmarks()) {
      rows.add(row(report, benchmark));
    }
    data.put("rows", rows);
    List<Map<String, Object>> maps = new ArrayList<>();
    report.zones().forEach((engine, zones) -> maps.add(zones(engine, zones)));
    data.put("zones", maps);
    return data;
  }

  private static Map<String, Object> row(Report report, String benchmark) {
    Map<String, Object> cells = new LinkedHashMap<>();
    for (String engine : report.engines().keySet()) {
      Outcome outcome = report.median(engine, benchmark);
      cells.put(
          engine,
          Map.of(
              "result",
              outcome.result(),
              "samples",
              outcome.samples(),
              "percentiles",
              percentiles(outcome.latencies()),
              "settleSeconds",
              outcome.settleSeconds(),
              "memoryBytes",
              outcome.memoryBytes()));
    }
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("benchmark", benchmark);
    row.put("ratio", report.ratio(benchmark));
    row.put("cells", cells);
    return row;
  }

  /// Pairs of percentile and latency in microseconds.
  private static List<double[]> percentiles(Histogram latencies) {
    List<double[]> pairs = new ArrayList<>();
    for (double percentile : PERCENTILES) {
      pairs.add(new double[] {percentile, latencies.getValueAtPercentile(percentile) / 1e3});
    }
    return pairs;
  }

  private static Map<String, Object> zones(String engine, ZoneMap map) {
    return Map.of(
        "engine",
        engine,
        "device",
        map.device(),
        "zones",
        map.zones().stream()
            .map(zone ->
                List.of(
                    zone.state().name(),
                    zone.use().name(),
                    Math.round(zone.fill() * 1000) / 1000.0,
                    zone.generation(),
                    zone.tables().size()))
            .toList());
  }

  private static String resource(String name) {
    try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("not in this build: " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }
}
