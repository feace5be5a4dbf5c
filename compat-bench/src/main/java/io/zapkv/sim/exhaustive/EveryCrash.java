package io.zapkv.sim.exhaustive;

import io.zapkv.sim.exhaustive.Trace.Counts;
import io.zapkv.sim.exhaustive.Trace.Deed;
import io.zapkv.sim.oracle.Oracle;
import io.zapkv.sim.oracle.Oracle.Window;
import io.zapkv.sim.world.Crash;
import io.zapkv.sim.world.Media;
import io.zapkv.sim.world.Shape;
import io.zapkv.sim.world.SimDevice;
import java.util.ArrayDeque;
import java.util.List;
import java.util.SplittableRandom;

/// A crash at every event of the device, in four kinds.
final class EveryCrash {
  private static final long SEED = 4711;
  private static final int KEYS = 24;

  private final Shape shape;
  private final Oracle oracle;
  private final Tally tally;
  private final SplittableRandom random = new SplittableRandom(SEED);
  private final ArrayDeque<Image> made = new ArrayDeque<>();
  private long event;

  /// What a crash has left, and what must be there.
  record Image(String name, Media media, int boot, int least, int most) {
    static Image of(String where, SimDevice device, Counts counts, Crash.Kind kind, long seed) {
      boolean isKill = kind == Crash.Kind.KILL;
      return new Image(
          where + ", " + kind,
          Crash.image(device, kind, new SplittableRandom(seed)),
          isKill ? 0 : 1,
          isKill ? counts.acked() : counts.durable(),
          counts.issued());
    }

    /// Opens it, and closes the image.
    ///
    /// @throws io.zapkv.sim.oracle.Violation where something else is there
    void judge(Shape shape, Oracle oracle, Tally tally) {
      try (media) {
        oracle.checkPrefix(
            "O3",
            Opening.entries(shape, media, boot, most),
            new Window(new int[] {least}, new int[] {most}));
        tally.judged();
      }
    }
  }

  private EveryCrash(Shape shape, Oracle oracle, Tally tally) {
    this.shape = shape;
    this.oracle = oracle;
    this.tally = tally;
  }

  /// Without memory that outlives the process, so that the log is all there is; and a tenth as long
  /// with it.
  static void run(int operations, Tally tally) throws InterruptedException {
    play(Exhaustive.shape(40, 128, false, KEYS), operations, tally);
    play(Exhaustive.shape(40, 128, true, KEYS), Math.max(1, operations / 10), tally);
  }

  private static void play(Shape shape, int operations, Tally tally) {
    List<Deed> deeds = Trace.draw(operations, KEYS, new SplittableRandom(SEED));
    EveryCrash every = new EveryCrash(shape, Trace.oracle(deeds), tally);
    Trace.play(shape, deeds, SEED, every::event, (_, _) -> {});
    every.handOver();
  }

  private void event(SimDevice device, Counts counts) {
    event++;
    for (Crash.Kind kind : Crash.Kind.values()) {
      tally.crashed();
      made.add(Image.of("event " + event, device, counts, kind, random.nextLong()));
    }
    // A virtual thread belongs to the trace's own schedule, and must not wait for other threads.
    if (!Thread.currentThread().isVirtual()) {
      handOver();
    }
  }

  private void handOver() {
    try {
      for (Image image = made.poll(); image != null; image = made.poll()) {
        Image each = image;
        tally.submit(each.name(), () -> each.judge(shape, oracle, tally));
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
