package io.zapkv.bench.run;

import io.zapkv.bench.target.Site;
import io.zapkv.bench.workload.YcsbKind;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// How much work fits into a given time, as a short trial on a small store says.
///
/// The trial also warms the compiler, for all engines alike. What it measures is faster than the
/// real thing, whose store does not fit the memory: hence the factors.
public final class Calibration {
  /// Records of the small store.
  public static final long RECORDS = 20_000;

  private static final long RECORDS_MAX = 2_000_000;
  private static final long OPERATIONS_MAX = 20_000_000;
  private static final double TRIAL_SHARE = 0.1;
  private static final double LOAD_SHARE = 0.2;

  /// For the report, for closing stores, and for removing what they left.
  private static final double REST_SHARE = 0.08;

  private static final double LOAD_FACTOR = 0.6;
  private static final double RUN_FACTOR = 0.7;
  private static final long TRIAL_OPERATIONS = 200_000;

  /// Of the room on the disk, the engines may take so much together.
  private static final double DISK_SHARE = 0.4;

  private static final double SPACE_FACTOR = 2.5;

  private final double seconds;
  private final RunPlan plan;
  private final Map<YcsbKind, Double> slowest;
  private final double loadSecondsPerRecord;

  private Calibration(
      double seconds, RunPlan plan, Map<YcsbKind, Double> slowest, double loadSecondsPerRecord) {
    this.seconds = seconds;
    this.plan = plan;
    this.slowest = slowest;
    this.loadSecondsPerRecord = loadSecondsPerRecord;
  }

  /// Runs the trial.
  ///
  /// @param site where; it is left with the small store on it
  /// @param plan engines and threads; one round is tried
  /// @param seed what values are made from
  /// @param seconds the time that is to be filled, trial included
  public static Calibration measure(Site site, RunPlan plan, long seed, double seconds) {
    List<YcsbKind> kinds = List.of(YcsbKind.values());
    var trial = new RunPlan(plan.engines(), plan.threads(), 1, RECORDS, plan.valueBytes());
    var suite = new YcsbSuite(kinds, RECORDS, _ -> TRIAL_OPERATIONS, plan.valueBytes(), seed);
    long deadline = System.nanoTime() + (long) (seconds * TRIAL_SHARE * 1e9);
    var budget = TimeBudget.until(deadline, kinds.size() * plan.engines().size());
    List<Outcome> outcomes = new Runner(site, suite, trial, budget, Progress.none()).run();
    Map<YcsbKind, Double> slowest = new EnumMap<>(YcsbKind.class);
    double loadSeconds = 0;
    for (Outcome outcome : outcomes) {
      YcsbKind kind = YcsbKind.of(outcome.result().benchmark());
      slowest.merge(kind, outcome.result().opsPerSecond(), Math::min);
      if (kind == YcsbKind.LOAD) {
        loadSeconds += 1 / outcome.result().opsPerSecond();
      }
    }
    return new Calibration(seconds, plan, slowest, loadSeconds);
  }

  /// How many records to load.
  public long records(int valueBytes) {
    double fit = seconds * LOAD_SHARE * LOAD_FACTOR / plan.rounds() / loadSecondsPerRecord;
    long room = Path.of("").toAbsolutePath().toFile().getUsableSpace();
    double bytesEach = (valueBytes + 64.0) * SPACE_FACTOR * plan.engines().size();
    double records = Math.min(fit, room * DISK_SHARE / bytesEach);
    return Math.max(RECORDS, Math.min(RECORDS_MAX, round(records)));
  }

  /// How many operations of a workload to do: the slowest engine's share of the time is to hold
  /// them.
  public long operations(YcsbKind kind) {
    int runs = (YcsbKind.values().length - 1) * plan.engines().size() * plan.rounds();
    double share = seconds * (1 - TRIAL_SHARE - LOAD_SHARE - REST_SHARE) / runs;
    double rate = slowest.getOrDefault(kind, 1000.0);
    return Math.max(1000, Math.min(OPERATIONS_MAX, round(rate * share * RUN_FACTOR)));
  }

  /// When the last benchmark must have ended, in nanoseconds from the beginning of all.
  public long runNanos() {
    return (long) (seconds * (1 - REST_SHARE) * 1e9);
  }

  /// To two digits, because more would pretend to be exact.
  private static long round(double value) {
    double unit = Math.pow(10, Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1));
    return (long) (Math.floor(value / unit) * unit);
  }
}
