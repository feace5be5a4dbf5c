package io.zapkv.sim.plan;

import io.zapkv.sim.plan.Life.Damage;
import io.zapkv.sim.plan.Life.End;
import io.zapkv.sim.world.FaultKind;
import io.zapkv.sim.world.FaultLine;
import io.zapkv.sim.world.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// All that a run does. The seed decides the device, the options and the schedule; the lines decide
/// the rest.
///
/// ```
///   seed 4711
///   life kill 310
///   fault HOLE 12
///   0 write 3:120,7:- durable
///   1 scan forward
///   damage FLIP 99
///   life close 0
/// ```
///
/// @param seed of everything that is not in a line
/// @param lines as above, without the seed
public record Plan(long seed, List<String> lines) {
  /// Keeps a copy of the lines.
  public Plan {
    lines = List.copyOf(lines);
  }

  /// The plan of a seed.
  ///
  /// @param profile what kind of runs to draw
  public static Plan draw(long seed, Profile profile) {
    long own = profile == Profile.FULL ? tight(seed) : seed;
    boolean crashes = profile == Profile.ALL || profile == Profile.CRASHES;
    List<String> row = crashes ? RowDrawing.lines(own) : List.of();
    return new Plan(own, row.isEmpty() ? new PlanDrawing(own, profile).lines() : row);
  }

  /// The first of a row of seeds, another for each `seed`, that draws a device too small for its
  /// data.
  private static long tight(long seed) {
    SplittableRandom row = new SplittableRandom(seed);
    long own = row.nextInt(Integer.MAX_VALUE);
    while (!new Plan(own, List.of()).shape().isTight()) {
      own = row.nextInt(Integer.MAX_VALUE);
    }
    return own;
  }

  /// Reads the text form; empty lines and what begins with `#` are skipped.
  public static Plan parse(String text) {
    long seed = 0;
    List<String> lines = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      String stripped = line.strip();
      if (stripped.startsWith("seed ")) {
        seed = Long.parseLong(stripped.substring("seed ".length()));
      } else if (!stripped.isEmpty() && !stripped.startsWith("#")) {
        lines.add(stripped);
      }
    }
    return new Plan(seed, lines);
  }

  /// The generator for one purpose of this run.
  public SplittableRandom random(String purpose) {
    return new SplittableRandom(seed * 0x9E3779B97F4A7C15L ^ purpose.hashCode());
  }

  /// What the seed has drawn.
  public Shape shape() {
    return Shape.draw(random("shape"));
  }

  /// The lives, in order; at least one.
  public List<Life> lives() {
    List<Life> lives = new ArrayList<>();
    int clients = shape().clients();
    Life life = newLife("close", "0", clients);
    boolean isUsed = false;
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "life" -> {
          if (isUsed) {
            lives.add(life);
          }
          life = newLife(words[1], words[2], clients);
        }
        case "fault" ->
            life.faults().add(new FaultLine(FaultKind.valueOf(words[1]), Long.parseLong(words[2])));
        case "damage" ->
            life.damages().add(new Damage(Damage.Kind.valueOf(words[1]), Long.parseLong(words[2])));
        default ->
            life.steps()
                .get(Integer.parseInt(words[0]) % clients)
                .add(Step.parse(line.substring(words[0].length())));
      }
      isUsed = true;
    }
    lives.add(life);
    return lives;
  }

  private static Life newLife(String end, String atEvent, int clients) {
    List<List<Step>> steps = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      steps.add(new ArrayList<>());
    }
    return new Life(
        End.valueOf(end.toUpperCase(Locale.ROOT)),
        Long.parseLong(atEvent),
        new ArrayList<>(),
        new ArrayList<>(),
        steps);
  }

  /// The text form.
  @Override
  public String toString() {
    return "seed " + seed + "\n# " + shape() + "\n" + String.join("\n", lines) + "\n";
  }
}
