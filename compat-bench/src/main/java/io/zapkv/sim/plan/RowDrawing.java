package io.zapkv.sim.plan;

import io.zapkv.api.Durability;
import io.zapkv.sim.plan.Life.End;
import io.zapkv.sim.world.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// Draws a row of crashes: many short lives, each of which finds what those before it left of the
/// log. One seed in four is one.
///
/// All writes are of one size, and few are durable. A record that an older life left behind a gap
/// can be taken for the continuation of a newer life's log only where it begins at the very place
/// where that log ends; with values of any size this happens once in many thousand seeds.
final class RowDrawing {
  private static final int ONE_SEED_IN = 4;
  private static final int SCAN_ONE_IN = 32;

  private final SplittableRandom random;
  private final Shape shape;
  private final int valueBytes;
  private final int durableOneIn;

  private RowDrawing(Plan empty, SplittableRandom random) {
    this.random = random;
    this.shape = empty.shape();
    this.valueBytes = shape.valueBytesMax() - random.nextInt(shape.valueBytesMax() / 2 + 1);
    this.durableOneIn = 8 << random.nextInt(7);
  }

  /// The lines of a plan; none where the seed draws something else.
  static List<String> lines(long seed) {
    Plan empty = new Plan(seed, List.of());
    SplittableRandom random = empty.random("row");
    boolean isRow = random.nextInt(ONE_SEED_IN) == 0 && !empty.shape().isTight();
    return isRow ? new RowDrawing(empty, random).drawLives() : List.of();
  }

  private List<String> drawLives() {
    List<String> lines = new ArrayList<>();
    int crashes = 4 + random.nextInt(8);
    for (int life = 0; life <= crashes; life++) {
      int steps = 1 + random.nextInt(8 << random.nextInt(5)); // shorter than the one before, or not
      lines.add(life < crashes ? drawCrash(steps) : "life close 0");
      for (int i = 0; i < steps; i++) {
        lines.add(random.nextInt(shape.clients()) + " " + drawStep());
      }
    }
    return lines;
  }

  private String drawCrash(int steps) {
    End end = random.nextBoolean() ? End.KILL : End.POWER;
    boolean isAfterSteps = random.nextInt(4) != 0;
    int at = isAfterSteps ? 0 : 1 + random.nextInt(steps * 6);
    return "life " + end.name().toLowerCase(Locale.ROOT) + " " + at;
  }

  private Step drawStep() {
    if (random.nextInt(SCAN_ONE_IN) == 0) {
      return new Step.Scan(random.nextBoolean());
    }
    Step.Change change = new Step.Change(random.nextInt(shape.keys()), valueBytes);
    boolean durable = random.nextInt(durableOneIn) == 0;
    return new Step.Write(List.of(change), durable ? Durability.DURABLE : Durability.BUFFERED);
  }
}
