package io.zapkv.sim.exhaustive;

import io.zapkv.sim.exhaustive.EveryCrash.Image;
import io.zapkv.sim.exhaustive.Trace.Deed;
import io.zapkv.sim.oracle.Oracle;
import io.zapkv.sim.plan.Step;
import io.zapkv.sim.world.Crash;
import io.zapkv.sim.world.Shape;
import java.util.ArrayList;
import java.util.List;

/// Every workload of a few of twelve operations on two keys, and a crash after the last: a crash
/// after an earlier one is that of a shorter workload.
final class EveryWorkload {
  private static final List<Deed> DEEDS =
      List.of(
          step("write 0:100 buffered"),
          step("write 1:100 buffered"),
          step("write 0:100 durable"),
          step("write 1:100 durable"),
          step("write 0:- buffered"),
          step("write 1:- durable"),
          step("write 0:50,1:50 buffered"),
          step("write 0:-,1:50 durable"),
          step("write 1:50,0:-,0:0 buffered"),
          step("flush"),
          step("compact"),
          new Deed.Reopen());

  private final Shape shape;
  private final int lengthMax;
  private final Tally tally;

  private EveryWorkload(Shape shape, int lengthMax, Tally tally) {
    this.shape = shape;
    this.lengthMax = lengthMax;
    this.tally = tally;
  }

  private static Deed step(String text) {
    return new Deed.Do(Step.parse(text));
  }

  static void run(int lengthMax, Tally tally) throws InterruptedException {
    for (boolean hasStaging : new boolean[] {false, true}) {
      new EveryWorkload(Exhaustive.shape(16, 128, hasStaging, 2), lengthMax, tally)
          .after(List.of());
    }
  }

  private void after(List<Deed> before) throws InterruptedException {
    for (Deed last : DEEDS) {
      List<Deed> deeds = new ArrayList<>(before);
      deeds.add(last);
      tally.submit(deeds.toString(), () -> play(deeds));
      if (deeds.size() < lengthMax) {
        after(deeds);
      }
    }
  }

  private void play(List<Deed> deeds) {
    List<Image> images = new ArrayList<>();
    Trace.play(
        shape,
        deeds,
        deeds.hashCode(),
        (_, _) -> {},
        (device, counts) -> {
          for (Crash.Kind kind : Crash.Kind.values()) {
            tally.crashed();
            images.add(Image.of("at the end", device, counts, kind, deeds.hashCode()));
          }
        });
    Oracle oracle = Trace.oracle(deeds);
    images.forEach(image -> image.judge(shape, oracle, tally));
  }
}
