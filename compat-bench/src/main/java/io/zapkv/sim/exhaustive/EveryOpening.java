package io.zapkv.sim.exhaustive;

import io.zapkv.sim.exhaustive.EveryCrash.Image;
import io.zapkv.sim.exhaustive.Trace.Deed;
import io.zapkv.sim.oracle.Oracle;
import io.zapkv.sim.world.Crash;
import io.zapkv.sim.world.Media;
import io.zapkv.sim.world.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// A crash at every event of an opening that has log to bring back, and then at every event of the
/// opening after that.
final class EveryOpening {
  private static final long SEED = 815;
  private static final int KEYS = 8;
  private static final int OPERATIONS = 60;

  private final Shape shape;
  private final Oracle oracle;
  private final int depth;
  private final Tally tally;
  private int least; // what survives any crash

  private EveryOpening(Shape shape, Oracle oracle, int depth, Tally tally) {
    this.shape = shape;
    this.depth = depth;
    this.oracle = oracle;
    this.tally = tally;
  }

  /// @param depth how many openings crash, one after the other: 1 or 2
  static void run(int depth, Tally tally) throws InterruptedException {
    for (boolean hasStaging : new boolean[] {false, true}) {
      Shape shape = Exhaustive.shape(16, 128, hasStaging, KEYS);
      List<Deed> deeds = Trace.draw(OPERATIONS, KEYS, new SplittableRandom(SEED));
      EveryOpening every = new EveryOpening(shape, Trace.oracle(deeds), depth, tally);
      for (Image image : every.images(deeds)) {
        every.crashOpening(image);
      }
    }
  }

  private List<Image> images(List<Deed> deeds) {
    List<Image> images = new ArrayList<>();
    Trace.play(
        shape,
        deeds,
        SEED,
        (_, _) -> {},
        (device, counts) -> {
          images.add(Image.of("a kill", device, counts, Crash.Kind.KILL, SEED));
          // A kill may be followed by a power cut, which takes more.
          images.add(Image.of("a power cut", device, counts, Crash.Kind.POWER_ANY, SEED));
          least = counts.durable();
        });
    return images;
  }

  private void crashOpening(Image image) throws InterruptedException {
    boolean isReached = true;
    for (long event = 1; isReached; event++) {
      Crash.Kind kind = kind(event);
      Image crashed = crashed(image, event, kind);
      isReached = crashed != null;
      if (crashed != null) {
        tally.submit(crashed.name(), () -> crashAgain(crashed));
      }
    }
    image.media().close();
  }

  private void crashAgain(Image image) {
    for (long event = 1; depth > 1; event++) {
      Image crashed = crashed(image, event, kind(event + 2));
      if (crashed == null) {
        break;
      }
      crashed.judge(shape, oracle, tally);
    }
    image.judge(shape, oracle, tally);
  }

  private static Crash.Kind kind(long event) {
    Crash.Kind[] kinds = Crash.Kind.values();
    return kinds[(int) (event % kinds.length)];
  }

  private @Nullable Image crashed(Image before, long event, Crash.Kind kind) {
    Media media = before.media().copy();
    boolean isReached = Opening.crash(shape, media, before.boot(), event, event, kind);
    if (!isReached) {
      media.close();
      return null;
    }
    tally.crashed();
    boolean isKill = kind == Crash.Kind.KILL;
    return new Image(
        before.name() + ", then " + kind + " at event " + event + " of the opening",
        media,
        before.boot() + (isKill ? 0 : 1),
        isKill ? before.least() : Math.min(least, before.least()),
        before.most());
  }
}
