package io.zapkv.sim.plan;

import io.zapkv.api.Durability;
import io.zapkv.sim.plan.Life.Damage;
import io.zapkv.sim.plan.Life.End;
import io.zapkv.sim.world.FaultClass;
import io.zapkv.sim.world.FaultKind;
import io.zapkv.sim.world.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// Draws the lines of a plan: swarms, that is, each seed leaves some kinds of steps out and does
/// much of others.
final class PlanDrawing {
  private static final int BATCH_BYTES_MAX = 100_000;

  private final SplittableRandom random;
  private final Shape shape;
  private final Profile profile;
  private final List<String> lines = new ArrayList<>();
  private final int[] weights = new int[7];
  private final int durableOneIn;
  private final int deleteOneIn;
  private final boolean clusters;

  PlanDrawing(long seed, Profile profile) {
    Plan empty = new Plan(seed, List.of());
    this.random = empty.random("plan");
    this.shape = empty.shape();
    this.profile = profile;
    int[] most = {60, 15, 4, 2, 6, 3, 1};
    for (int i = 0; i < weights.length; i++) {
      weights[i] = i > 0 && random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(most[i]);
    }
    weights[0] += 5;
    durableOneIn = 1 << random.nextInt(7);
    deleteOneIn = 1 + random.nextInt(shape.isTight() ? 30 : 8);
    clusters = random.nextBoolean();
  }

  List<String> lines() {
    int lives = 2 + random.nextInt(3);
    for (int life = 0; life < lives; life++) {
      boolean isLast = life == lives - 1;
      drawLife(isLast);
    }
    return lines;
  }

  private void drawLife(boolean isLast) {
    End end = isLast || profile == Profile.CALM ? End.CLOSE : drawEnd();
    int steps = 10 + random.nextInt(random.nextInt(4) == 0 ? 400 : 80);
    steps = random.nextInt(8) == 0 ? 0 : steps + (shape.isTight() ? 300 : 0);
    boolean early = random.nextInt(5) == 0; // while opening, mostly
    long at = end == End.CLOSE ? 0 : 1 + random.nextInt(early ? 30 : steps * 6 + 1);
    lines.add("life " + end.name().toLowerCase(Locale.ROOT) + " " + at);
    if (profile == Profile.ALL && !isLast && random.nextInt(3) == 0) {
      drawFaults(steps);
    }
    for (int i = 0; i < steps; i++) {
      lines.add(random.nextInt(shape.clients()) + " " + drawStep());
    }
    if (profile == Profile.ALL && !isLast && end == End.CLOSE && random.nextInt(3) == 0) {
      Damage.Kind[] kinds = Damage.Kind.values();
      lines.add("damage " + kinds[random.nextInt(kinds.length)] + " " + random.nextInt(1 << 20));
    }
  }

  private End drawEnd() {
    End[] ends = End.values();
    return ends[random.nextInt(ends.length)];
  }

  private void drawFaults(int steps) {
    int count = 1 + random.nextInt(3);
    FaultKind[] kinds = FaultKind.values();
    for (int i = 0; i < count; i++) {
      FaultKind kind = kinds[random.nextInt(kinds.length)];
      if (kind.faultClass() == FaultClass.F18 && random.nextInt(4) != 0) {
        continue; // what a lost queue had in its memory is never freed
      }
      lines.add("fault " + kind + " " + (1 + random.nextInt(nthMax(kind, steps))));
    }
  }

  private static int nthMax(FaultKind kind, int steps) {
    return switch (kind) {
      case RESET_BEFORE, RESET_AFTER -> 4;
      case GONE, CLOCK, INTERRUPT -> steps * 4 + 1;
      case SYNC_BEFORE, SYNC_AFTER, READ_ONCE, READ_BAD -> 25;
      default -> 40;
    };
  }

  private Step drawStep() {
    int total = 0;
    for (int weight : weights) {
      total += weight;
    }
    int drawn = random.nextInt(total);
    int kind = 0;
    while (drawn >= weights[kind]) {
      drawn -= weights[kind++];
    }
    return switch (kind) {
      case 0 -> drawWrite();
      case 1 -> new Step.Get(key());
      case 2 -> new Step.Scan(random.nextBoolean());
      case 3 -> Step.Plain.SNAPSHOT;
      case 4 -> random.nextInt(3) == 0 ? Step.Plain.RELEASE : Step.Plain.LOOK;
      case 5 -> Step.Plain.FLUSH;
      default -> Step.Plain.COMPACT;
    };
  }

  private Step drawWrite() {
    int count = random.nextInt(4) == 0 ? 1 + random.nextInt(12) : 1;
    List<Step.Change> changes = new ArrayList<>();
    int bytes = 0;
    for (int i = 0; i < count && bytes < BATCH_BYTES_MAX; i++) {
      boolean deletes = random.nextInt(1 + deleteOneIn) == 0;
      int length = deletes ? -1 : drawLength();
      bytes += length + 40;
      changes.add(new Step.Change(key(), length));
    }
    boolean durable = random.nextInt(durableOneIn) == 0;
    return new Step.Write(changes, durable ? Durability.DURABLE : Durability.BUFFERED);
  }

  private int drawLength() {
    return random.nextInt(10) == 0 ? 0 : random.nextInt(shape.valueBytesMax() + 1);
  }

  private int key() {
    int range = clusters && random.nextBoolean() ? Math.max(1, shape.keys() / 8) : shape.keys();
    return random.nextInt(range);
  }
}
