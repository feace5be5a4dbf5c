package io.zapkv.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.sim.plan.Plan;
import io.zapkv.sim.plan.Profile;
import io.zapkv.sim.world.FaultKind;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// `-Dzap.seed=FIRST -Dzap.seeds=N` plays others; one that fails is replayed by `zap sim --seed`.
class SimTest {
  private static final long FIRST = Long.getLong("zap.seed", 1);
  private static final long SEEDS = Long.getLong("zap.seeds", 120);

  @Test
  void noSeedBreaksAPromise() throws InterruptedException {
    Campaign.Result result = new Campaign(Profile.ALL).run(FIRST, SEEDS, 2, _ -> {});
    assertThat(result.failures()).isEmpty();
    assertThat(result.mismatches()).isZero();
    assertThat(result.seeds()).isEqualTo(SEEDS);
  }

  @Test
  void aFullStoreGetsBackToEmpty() throws InterruptedException {
    Campaign.Result result = new Campaign(Profile.FULL).run(FIRST, SEEDS, 2, _ -> {});
    assertThat(result.failures()).isEmpty();
    assertThat(result.mismatches()).isZero();
  }

  @Test
  void aSeedDoesTheSameEachTime() {
    for (long seed = 500; seed < 510; seed++) {
      Plan plan = Plan.draw(seed, Profile.ALL);
      SimRun.Outcome once = SimRun.play(plan);
      SimRun.Outcome again = SimRun.play(Plan.parse(plan.toString()));
      assertThat(again.hash()).as("seed " + seed).isEqualTo(once.hash());
      assertThat(again.steps()).isEqualTo(once.steps());
    }
  }

  @Test
  void otherSeedsDoOtherThings() {
    assertThat(SimRun.play(Plan.draw(500, Profile.ALL)).hash())
        .isNotEqualTo(SimRun.play(Plan.draw(501, Profile.ALL)).hash());
  }

  /// F17 and F18, at each of the first operations.
  @ParameterizedTest
  @EnumSource(names = {"BACK_PRESSURE", "SILENCE", "BROKEN_RING"})
  void aRingThatFailsAtAnyMomentIsAnsweredAsOwed(FaultKind kind) {
    int met = 0;
    for (int nth = 1; nth <= 40; nth++) {
      Plan plan =
          Plan.parse(
              """
              seed 7
              fault %s %d
              0 write 1:200 durable
              0 write 2:200,3:100 buffered
              0 flush
              0 write 1:- durable
              0 compact
              0 write 4:300 durable
              0 scan forward
              life close 0
              0 scan backward
              """
                  .formatted(kind, nth));
      SimRun.Outcome outcome = SimRun.play(plan);
      assertThat(outcome.failure()).as(kind + " " + nth).isNull();
      met += (int) outcome.coverage().of(kind.faultClass());
    }
    assertThat(met).isGreaterThan(15);
  }

  @Test
  void aFailingPlanIsMadeSmall() {
    Plan plan = Plan.draw(510, Profile.CRASHES);
    String wanted = plan.lines().get(plan.lines().size() / 2);
    Plan small = PlanShrinker.shrink(plan, each -> each.lines().contains(wanted), 1_000);
    assertThat(small.lines()).containsExactly(wanted);
  }

  /// Plans that once failed.
  @ParameterizedTest
  @MethodSource
  void whatOnceFailedHolds(Path plan) throws IOException {
    assertThat(SimRun.play(Plan.parse(Files.readString(plan))).failure()).isNull();
  }

  static List<Path> whatOnceFailedHolds() throws IOException, URISyntaxException {
    Path folder = Path.of(SimTest.class.getResource("/sim").toURI());
    try (Stream<Path> plans = Files.list(folder)) {
      return plans.sorted().toList();
    }
  }
}
