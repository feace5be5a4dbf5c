package io.zapkv.cli;

import io.zapkv.sim.Campaign;
import io.zapkv.sim.SimRun;
import io.zapkv.sim.exhaustive.Exhaustive;
import io.zapkv.sim.plan.Plan;
import io.zapkv.sim.plan.Profile;
import io.zapkv.sim.world.FaultClass;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `zap sim`: plays whole stores in a simulated world, decided by seeds.
@Command(
    name = "sim",
    description = {
      "Play seeds: each is a store on a small device of its own, with crashes, faults and clients,",
      "in one thread and in virtual time. Every answer of the store is judged."
    },
    footer = {
      "A seed that fails is played again by --seed, and made small; --replay plays a plan of lines.",
      "Example:",
      "  zap sim --seeds 1000"
    })
@SuppressWarnings("NullAway.Init") // picocli sets what it annotates
final class SimCommand implements Callable<Integer> {
  private static final long COVERED_FROM_SEEDS = 10_000;
  private static final long HITS_MIN = 10;
  private static final int SHRINK_TRIES = 1_500;

  @Spec private CommandSpec spec;

  @Option(names = "--seeds", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}")
  private long seeds = 1;

  @Option(names = "--seed", paramLabel = "S", description = "The first. Default: ${DEFAULT-VALUE}")
  private long seed = 1;

  @Option(
      names = "--profile",
      paramLabel = "P",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
  private Profile profile = Profile.ALL;

  @Option(names = "--threads", paramLabel = "T", description = "Default: ${DEFAULT-VALUE}")
  private int threads = 2;

  @Option(names = "--replay", paramLabel = "FILE", description = "Play the plan in a file.")
  private @Nullable Path replay;

  @Option(
      names = "--exhaustive",
      paramLabel = "SET",
      arity = "0..1",
      split = ",",
      fallbackValue = "CRASHES,WORKLOADS,OPENINGS,FLIPS",
      description = "Go through all of something small: ${COMPLETION-CANDIDATES}.")
  private List<Exhaustive.Set> exhaustive = List.of();

  private SimCommand() {}

  @Override
  public Integer call() throws InterruptedException, IOException {
    PrintWriter out = spec.commandLine().getOut();
    try {
      if (!exhaustive.isEmpty()) {
        return goThrough(out);
      }
      return replay == null ? play(out) : replay(Plan.parse(Files.readString(replay)), out);
    } finally {
      out.flush();
    }
  }

  private int replay(Plan plan, PrintWriter out) {
    SimRun.Outcome outcome = SimRun.play(plan);
    out.println(plan);
    Throwable failure = outcome.failure();
    if (failure == null) {
      out.println("no failure");
      return 0;
    }
    failure.printStackTrace(out);
    return 1;
  }

  private int goThrough(PrintWriter out) throws InterruptedException {
    int failed = 0;
    for (Exhaustive.Set set : exhaustive) {
      Exhaustive.Result result = Exhaustive.run(set, Exhaustive.Extent.FULL, threads);
      out.println(result);
      result.failures().forEach(failure -> out.println("  " + failure));
      out.flush();
      failed += result.failures().size();
    }
    return failed == 0 ? 0 : 1;
  }

  private int play(PrintWriter out) throws InterruptedException {
    long began = System.nanoTime();
    Campaign.Result result = new Campaign(profile).run(seed, seeds, threads, _ -> {});
    double seconds = (System.nanoTime() - began) / 1e9;
    out.printf(
        "%,d seeds in %.1f s (%.1f/s on %d threads): %,d steps, %,d events of devices%n",
        result.seeds(),
        seconds,
        result.seeds() / seconds,
        threads,
        result.steps(),
        result.events());
    out.printf(
        "%,d played twice, %,d did not match; %,d failed%n",
        result.twice(), result.mismatches(), result.failures().size());
    boolean covered = printCoverage(result, out);
    for (Campaign.Failed failed : result.failures()) {
      out.printf(
          "%nseed %d: %s%n  replay: zap sim --seed %d --profile %s%n",
          failed.seed(), failed.failure(), failed.seed(), profile);
    }
    if (!result.failures().isEmpty()) {
      Plan small = Campaign.shrink(result.failures().getFirst().seed(), profile, SHRINK_TRIES);
      out.printf("%nthe first, made small (zap sim --replay FILE plays it):%n%n%s", small);
    }
    return result.failures().isEmpty() && result.mismatches() == 0 && covered ? 0 : 1;
  }

  private boolean printCoverage(Campaign.Result result, PrintWriter out) {
    boolean mustCover = seeds >= COVERED_FROM_SEEDS && profile == Profile.ALL;
    boolean covered = true;
    out.println("faults met:");
    for (FaultClass fault : FaultClass.values()) {
      long hits = result.coverage().of(fault);
      boolean isMissing = mustCover && hits < HITS_MIN;
      covered &= !isMissing;
      out.printf("  %-4s %,9d%s%n", fault, hits, isMissing ? "  too few" : "");
    }
    return covered;
  }
}
