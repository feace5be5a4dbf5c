package io.zapkv.bench.run;

import io.zapkv.api.KeyRange;
import io.zapkv.api.ZoneMap;
import io.zapkv.bench.target.Figures;
import io.zapkv.bench.target.Site;
import io.zapkv.bench.target.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Runs a suite on several engines, benchmark by benchmark: each is run on every engine before the
/// next begins, and another engine begins each time, so that a slow minute of the machine hits all.
///
/// After a benchmark the runner waits, untimed and within bounds, until the engine's background
/// work is done: what one engine put off must not run on the other's time.
///
/// **Threading.** One thread.
///
/// **Failures.** An engine that throws ends the run. So does a read that finds nothing where the
/// suite says it must.
public final class Runner {
  /// How often a running benchmark is looked at for the report, in milliseconds.
  public static final long SAMPLE_MILLIS = 100;

  private static final long SETTLE_NANOS_MAX = 60_000_000_000L;
  private static final long SETTLE_POLL_MILLIS = 10;

  /// A capped benchmark keeps this share of its time for background work to end.
  private static final double SETTLE_SHARE = 0.15;

  private final Site site;
  private final Suite suite;
  private final RunPlan plan;
  private final TimeBudget budget;
  private final Progress progress;
  private final Map<String, Target> targets = new LinkedHashMap<>();
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final Map<String, ZoneMap> zones = new LinkedHashMap<>();
  private final Set<String> foundFull = new HashSet<>();

  /// Makes a runner; nothing is opened yet.
  public Runner(Site site, Suite suite, RunPlan plan, TimeBudget budget, Progress progress) {
    this.site = site;
    this.suite = suite;
    this.plan = plan;
    this.budget = budget;
    this.progress = progress;
  }

  /// Runs everything.
  ///
  /// @return what came out, in the order it was run
  public List<Outcome> run() {
    List<Outcome> outcomes = new ArrayList<>();
    int cells = plan.rounds() * suite.steps().size() * plan.engines().size();
    for (int round = 0; round < plan.rounds(); round++) {
      try {
        openAll(round);
        for (int step = 0; step < suite.steps().size(); step++) {
          for (String engine : order(round + step)) {
            outcomes.add(benchmark(round, step, engine, outcomes.size() + 1, cells));
          }
        }
        rememberZones();
      } finally {
        closeAll();
      }
    }
    return outcomes;
  }

  /// How each engine was set up, in its own words. Requires: the run has ended.
  public Map<String, String> settings() {
    return settings;
  }

  /// The zones of each engine that has them, at the end of the last round. Requires: the run has
  /// ended.
  public Map<String, ZoneMap> zones() {
    return zones;
  }

  private void openAll(int round) {
    for (String engine : plan.engines()) {
      if (round > 0 && site.isTemporary()) {
        site.erase(engine);
      }
      Target target = site.open(engine);
      targets.put(engine, target);
      settings.put(engine, target.settings());
      if (round == 0 && !isEmpty(target)) {
        foundFull.add(engine);
      }
    }
  }

  private void closeAll() {
    targets.values().forEach(Target::close);
    targets.clear();
  }

  private void rememberZones() {
    targets.forEach((engine, target) -> {
      ZoneMap map = target.zones();
      if (map != null) {
        zones.put(engine, map);
      }
    });
  }

  private List<String> order(int turn) {
    List<String> order = new ArrayList<>(plan.engines());
    java.util.Collections.rotate(order, -turn);
    return order;
  }

  private Outcome benchmark(int round, int step, String engine, int cell, int cells) {
    if (suite.isFresh(step)) {
      empty(engine);
    }
    Target target = target(engine);
    var run = new Run(target, suite.workload(step, engine, round), plan.threads());
    long shareNanos = budget.nextNanos(System.nanoTime());
    long began = System.nanoTime();
    long settleNanos = budget.hasDeadline() ? (long) (shareNanos * SETTLE_SHARE) : SETTLE_NANOS_MAX;
    long capNanos = shareNanos;
    if (suite.isUncapped(step)) {
      capNanos = Long.MAX_VALUE;
    } else if (budget.hasDeadline()) {
      capNanos -= settleNanos;
    }
    progress.begin(
        "%d/%d %s %s".formatted(cell, cells, suite.steps().get(step), engine), run.operations());
    Figures before = target.figures();
    run.run(capNanos, progress);
    double settleSeconds =
        settle(
            target,
            budget.hasDeadline()
                ? Math.min(SETTLE_NANOS_MAX, Math.max(settleNanos, began + shareNanos - now()))
                : SETTLE_NANOS_MAX);
    Outcome outcome = run.outcome(plan, round, settleSeconds, target.figures().since(before));
    progress.end(line(outcome.result(), settleSeconds));
    if (suite.mustFind(step) && outcome.notFound() > 0) {
      throw new IllegalStateException(
          "%s: %d of %d operations of %s found nothing; was the store loaded with as many records?"
              .formatted(
                  engine,
                  outcome.notFound(),
                  outcome.result().operations(),
                  outcome.result().benchmark()));
    }
    return outcome;
  }

  private void empty(String engine) {
    if (!site.isTemporary() && foundFull.contains(engine)) {
      throw new IllegalStateException(
          "the store of %s already holds keys, and this benchmark begins with an empty one; name another device, or none"
              .formatted(engine));
    }
    Target old = targets.remove(engine);
    if (old != null) {
      if (isEmpty(old)) {
        targets.put(engine, old);
        return;
      }
      old.close();
    }
    site.erase(engine);
    targets.put(engine, site.open(engine));
  }

  private Target target(String engine) {
    Target target = targets.get(engine);
    if (target == null) {
      throw new IllegalStateException("not open: " + engine);
    }
    return target;
  }

  private static boolean isEmpty(Target target) {
    try (Target.Walk walk = target.walk(KeyRange.all(), null)) {
      walk.first();
      return !walk.isValid();
    }
  }

  private static double settle(Target target, long capNanos) {
    long began = now();
    while (!target.isIdle() && now() - began < capNanos) {
      pause(SETTLE_POLL_MILLIS);
    }
    return (now() - began) / 1e9;
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static long now() {
    return System.nanoTime();
  }

  private static String line(Result result, double settleSeconds) {
    return String.format(
        Locale.ROOT,
        "%-12s %-8s %,12.0f ops/s   p50 %9.1f µs   p99 %9.1f µs   p99.9 %9.1f µs   max %,10.1f µs"
            + "   settled in %.1f s",
        result.benchmark(),
        result.engine(),
        result.opsPerSecond(),
        result.p50Micros(),
        result.p99Micros(),
        result.p999Micros(),
        result.maxMicros(),
        settleSeconds);
  }
}
