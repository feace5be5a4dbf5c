package io.zapkv.sim;

import io.zapkv.sim.SimRun.Outcome;
import io.zapkv.sim.plan.Plan;
import io.zapkv.sim.plan.Profile;
import io.zapkv.sim.world.Coverage;
import io.zapkv.zns.ZonedDevice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Plays many seeds, several at a time; each on a thread of its own, with nothing shared.
///
/// **Threading.** One call at a time.
public final class Campaign {
  /// One seed in so many is played twice, and must do the same both times.
  private static final int TWICE_ONE_IN = 50;

  private static final int FAILURES_MAX = 20;

  /// Carriers may meet at a monitor of the JDK, such as that of a class that is being initialised.
  private static final int TRIES_MAX = 5;

  // The engine warns of what a fault has done; a lock of the log would let one run wait for
  // another.
  private static final Logger LOG = Logger.getLogger("io.zapkv");

  private final Profile profile;
  private final Supplier<UnaryOperator<ZonedDevice>> wrapping;
  private final Coverage coverage = new Coverage();
  private final List<Failed> failures = new ArrayList<>();
  private final AtomicLong next = new AtomicLong();
  private long played;
  private long twice;
  private long mismatches;
  private long steps;
  private long events;

  /// A seed that failed.
  ///
  /// @param seed which
  /// @param failure how
  public record Failed(long seed, Throwable failure) {}

  /// What came of it.
  ///
  /// @param seeds how many were played
  /// @param twice how many of them twice
  /// @param mismatches how many of those did not do the same
  /// @param steps of all schedulers
  /// @param events of all devices
  /// @param coverage how often each class of faults was met
  /// @param failures of the first failing seeds, in order
  public record Result(
      long seeds,
      long twice,
      long mismatches,
      long steps,
      long events,
      Coverage coverage,
      List<Failed> failures) {}

  /// Seeds of one profile, on the device as it is.
  public Campaign(Profile profile) {
    this(profile, () -> device -> device);
  }

  /// @param wrapping makes for each run what stands between its store and its devices
  public Campaign(Profile profile, Supplier<UnaryOperator<ZonedDevice>> wrapping) {
    this.profile = profile;
    this.wrapping = wrapping;
  }

  /// Plays `count` seeds from `first` on; ends early where many fail.
  ///
  /// @param progress told how many were played
  public Result run(long first, long count, int threads, LongConsumer progress)
      throws InterruptedException {
    LOG.setLevel(Level.OFF);
    next.set(first);
    List<Thread> carriers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      carriers.add(
          Thread.ofPlatform()
              .name("sim-" + i)
              .start(() -> {
                while (true) {
                  long seed = next.getAndIncrement();
                  if (seed >= first + count || !play(seed, progress)) {
                    return;
                  }
                }
              }));
    }
    for (Thread carrier : carriers) {
      carrier.join();
    }
    failures.sort(Comparator.comparingLong(Failed::seed));
    return new Result(played, twice, mismatches, steps, events, coverage, List.copyOf(failures));
  }

  private boolean play(long seed, LongConsumer progress) {
    Plan plan = Plan.draw(seed, profile);
    Outcome outcome = playUndisturbed(plan);
    boolean again = seed % TWICE_ONE_IN == 0;
    boolean differs = again && playUndisturbed(plan).hash() != outcome.hash();
    return note(seed, outcome, again, differs, progress);
  }

  private Outcome playUndisturbed(Plan plan) {
    Outcome outcome = SimRun.play(plan, wrapping.get());
    for (int tries = 1; outcome.isDisturbed() && tries < TRIES_MAX; tries++) {
      outcome = SimRun.play(plan, wrapping.get());
    }
    return outcome;
  }

  private synchronized boolean note(
      long seed, Outcome outcome, boolean again, boolean differs, LongConsumer progress) {
    played++;
    twice += again ? 1 : 0;
    mismatches += differs ? 1 : 0;
    steps += outcome.steps();
    events += outcome.events();
    coverage.add(outcome.coverage());
    Throwable failure = outcome.failure();
    if (failure != null) {
      failures.add(new Failed(seed, failure));
    }
    progress.accept(played);
    return failures.size() < FAILURES_MAX;
  }

  /// The smallest plan found that fails as this seed does.
  public static Plan shrink(long seed, Profile profile, int triesMax) {
    Plan plan = Plan.draw(seed, profile);
    String kind = kindOf(SimRun.play(plan));
    return PlanShrinker.shrink(plan, each -> kindOf(SimRun.play(each)).equals(kind), triesMax);
  }

  private static String kindOf(Outcome outcome) {
    Throwable failure = outcome.failure();
    if (failure == null) {
      return "";
    }
    String message = String.valueOf(failure.getMessage());
    int end = message.indexOf(':');
    return failure.getClass().getName() + (end < 0 ? message : message.substring(0, end));
  }
}
