package io.zapkv.cli;

import io.zapkv.api.Compression;
import io.zapkv.bench.matrix.Matrix;
import io.zapkv.bench.matrix.MatrixPanel;
import io.zapkv.bench.matrix.MatrixReport;
import io.zapkv.bench.report.HtmlReport;
import io.zapkv.bench.report.Json;
import io.zapkv.bench.report.MachineFacts;
import io.zapkv.bench.report.Report;
import io.zapkv.bench.report.TextTable;
import io.zapkv.bench.run.Outcome;
import io.zapkv.bench.run.RunPlan;
import io.zapkv.bench.run.Runner;
import io.zapkv.bench.run.Suite;
import io.zapkv.bench.run.TerminalProgress;
import io.zapkv.bench.run.TimeBudget;
import io.zapkv.bench.target.Engine;
import io.zapkv.bench.target.MapTarget;
import io.zapkv.bench.target.RocksTarget;
import io.zapkv.bench.target.Site;
import io.zapkv.bench.target.TargetOptions;
import io.zapkv.bench.target.ZapTarget;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What all benchmarks have in common: on what terms they run, and where the figures go.
@SuppressWarnings("NullAway.Init") // picocli sets what it annotates
final class BenchOptions {
  /// Where stores without a device live, and where reports go that are not sent elsewhere.
  static final Path FOLDER = Path.of("target", "bench");

  private static final Set<String> ON_EQUAL_TERMS =
      Set.of(ZapTarget.NAME, RocksTarget.NAME, MapTarget.NAME);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--engines",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "zapkv,rocksdb",
      description = {
        "Engines to compare: zapkv, rocksdb, map; in a clone also lmdb and mvstore.",
        "The ratio is the first's to the second. Default: ${DEFAULT-VALUE}"
      })
  private List<String> engines;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description =
          "Where ZapKV runs; others get folders beside it. Default: an emulated device in a"
              + " folder under target/bench, removed afterwards")
  private @Nullable String device;

  @Option(
      names = "--threads",
      paramLabel = "T",
      description = "Threads of each benchmark. Default: 1, for bench 2")
  private int threads = 1;

  @Option(
      names = "--value-bytes",
      paramLabel = "B",
      description = "Length of a value. Default: 1000 for YCSB, 100 for dbbench")
  private @Nullable Integer valueBytes;

  @Option(
      names = "--rounds",
      paramLabel = "R",
      defaultValue = "1",
      description = "Repeat everything so often; medians are shown. Default: ${DEFAULT-VALUE}")
  private int rounds;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "42",
      description = "What keys and values are drawn from. Default: ${DEFAULT-VALUE}")
  private long seed;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      defaultValue = "512MiB",
      converter = SizeConverter.class,
      description = "Write buffers and block cache of each engine. Default: ${DEFAULT-VALUE}")
  private long memory;

  @Option(
      names = "--compression",
      paramLabel = "NAME",
      defaultValue = "LZ4",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
  private Compression compression;

  @Option(
      names = "--filter-bits",
      paramLabel = "N",
      defaultValue = "10",
      description = "Bloom filter, bits a key, 0 (none) to 32. Default: ${DEFAULT-VALUE}")
  private int filterBits;

  @Option(
      names = "--direct",
      description = "Tables are read and written past the page cache; on the default device only.")
  private boolean direct;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the figures as JSON: an array with one object a benchmark and engine.")
  private @Nullable Path json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write the report: one page with charts that needs no network.")
  private @Nullable Path html;

  private BenchOptions() {}

  int threads() {
    return threads;
  }

  /// As many threads as there are given, where no number was asked for.
  void defaultThreads(int number) {
    if (!isGiven("--threads")) {
      threads = number;
    }
  }

  int valueBytes(int otherwise) {
    return valueBytes == null ? otherwise : valueBytes;
  }

  /// Runs the matrix, prints its tables, and writes what was asked for.
  void runMatrix(Engine engine, List<MatrixPanel> panels, int repeats, double secondsEach) {
    PrintWriter err = spec.commandLine().getErr();
    var matrix = new Matrix(engine, engines, targetOptions(), FOLDER, repeats, secondsEach, seed);
    MatrixReport report = matrix.run(panels, TerminalProgress.on(err));
    PrintWriter out = spec.commandLine().getOut();
    out.println();
    out.print(report.text());
    report.machine().forEach((name, value) -> out.println(name + ": " + value));
    if (json != null) {
      Json.write(json, report);
      out.println("figures: " + json);
    }
    out.flush();
  }

  /// How often everything is repeated, where no number was asked for.
  int rounds(int otherwise) {
    return isGiven("--rounds") ? rounds : otherwise;
  }

  private boolean isGiven(String option) {
    return spec.commandLine().getParseResult().hasMatchedOption(option);
  }

  long seed() {
    return seed;
  }

  /// Where figures go when nothing else was said.
  void defaultFiles(Path jsonFile, Path htmlFile) {
    json = json == null ? jsonFile : json;
    html = html == null ? htmlFile : html;
  }

  RunPlan plan(long records, int valueLength) {
    return new RunPlan(engines, threads, rounds, records, valueLength);
  }

  TargetOptions targetOptions() {
    return new TargetOptions(memory, compression, filterBits, direct);
  }

  Site site(Engine engine) {
    return Site.of(engine, targetOptions(), device, FOLDER);
  }

  /// Runs a suite, prints its table, and writes what was asked for.
  ///
  /// @param settings what is particular to the suite, for the report
  void run(
      Engine engine, Suite suite, RunPlan plan, TimeBudget budget, Map<String, String> settings) {
    String when =
        LocalDateTime.now(ZoneId.systemDefault())
            .format(DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm", Locale.ENGLISH));
    PrintWriter err = spec.commandLine().getErr();
    try (Site site = site(engine)) {
      var runner = new Runner(site, suite, plan, budget, TerminalProgress.on(err));
      List<Outcome> outcomes = runner.run();
      var report =
          new Report(
              suite.title(),
              when,
              suite.notes(),
              settings(site, plan, settings),
              runner.settings(),
              machine(),
              outcomes,
              runner.zones());
      show(report);
    }
  }

  private void show(Report report) {
    PrintWriter out = spec.commandLine().getOut();
    out.println();
    out.println(TextTable.of(report));
    report.engines().forEach((name, how) -> out.println(name + ": " + how));
    report.settings().forEach((name, value) -> out.println(name + ": " + value));
    if (json != null) {
      Json.write(json, report.results());
      out.println("figures: " + json);
    }
    if (html != null) {
      HtmlReport.write(html, report);
      out.println("report: " + html);
    }
    out.flush();
  }

  private Map<String, String> settings(Site site, RunPlan plan, Map<String, String> more) {
    Map<String, String> settings = new LinkedHashMap<>(more);
    settings.put("threads", Integer.toString(plan.threads()));
    settings.put("value bytes", Integer.toString(plan.valueBytes()));
    settings.put("rounds", Integer.toString(plan.rounds()));
    settings.put("seed", Long.toString(seed));
    settings.put(
        "durability",
        equal() + ": a write that returned survives kill -9; of fillsync, a power cut");
    settings.put(
        "memory", "%s: %d MiB for write buffers and block cache".formatted(equal(), memory >> 20));
    settings.put("compression", equal() + ": " + compression);
    settings.put("filter", "%s: %d bits a key".formatted(equal(), filterBits));
    settings.put("tables", equal() + (direct ? ": direct I/O" : ": through the page cache"));
    settings.put(
        "device",
        site.isTemporary()
            ? "an emulated zoned device in files, removed afterwards; others on the same disk"
            : site.device());
    return settings;
  }

  /// A store that comes from outside has terms of its own, which its line tells.
  private String equal() {
    return ON_EQUAL_TERMS.containsAll(engines) ? "equal" : "equal for zapkv and rocksdb";
  }

  private static Map<String, String> machine() {
    Map<String, String> facts = new LinkedHashMap<>(MachineFacts.of(FOLDER));
    long peak = MachineFacts.peakResidentBytes();
    if (peak > 0) {
      facts.put("process", "%d MiB at its peak, all engines together".formatted(peak >> 20));
    }
    return facts;
  }
}
