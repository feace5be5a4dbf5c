package io.zapkv.sim.exhaustive;

import io.zapkv.api.ZapException;
import io.zapkv.api.ZapStore;
import io.zapkv.sim.exhaustive.EveryCrash.Image;
import io.zapkv.sim.exhaustive.Trace.Deed;
import io.zapkv.sim.oracle.Oracle;
import io.zapkv.sim.oracle.Oracle.Window;
import io.zapkv.sim.oracle.Values;
import io.zapkv.sim.plan.Step;
import io.zapkv.sim.world.Crash;
import io.zapkv.sim.world.Media;
import io.zapkv.sim.world.Rest;
import io.zapkv.sim.world.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// Every byte of a small store changed, and every zone cut at every block: the answer is right, or
/// a refusal by type. What was in the log alone may be an older state, as after a torn end.
final class EveryFlip {
  private static final long SEED = 20;
  private static final int KEYS = 8;
  private static final int OPERATIONS = 24;

  private final Shape shape = Exhaustive.shape(16, 128, false, KEYS);
  private final List<Deed> deeds;
  private final Oracle oracle;
  private final Tally tally;

  private EveryFlip(Tally tally) {
    this.tally = tally;
    deeds = new ArrayList<>(Trace.draw(OPERATIONS, KEYS, new SplittableRandom(SEED)));
    deeds.add(OPERATIONS / 2, new Deed.Do(Step.Plain.FLUSH));
    oracle = Trace.oracle(deeds);
  }

  /// @param step how far bytes to be changed are apart
  static void run(int step, Tally tally) throws InterruptedException {
    EveryFlip every = new EveryFlip(tally);
    every.change(step, false);
    every.change(step, true);
  }

  private void change(int step, boolean isClosed) throws InterruptedException {
    List<Deed> all = new ArrayList<>(deeds);
    if (isClosed) {
      all.add(new Deed.Reopen());
    }
    List<Image> images = new ArrayList<>();
    Trace.play(
        shape,
        all,
        SEED,
        (_, _) -> {},
        (device, counts) -> {
          images.add(Image.of("", device, counts, Crash.Kind.KILL, SEED));
        });
    Image whole = images.getFirst();
    String name = isClosed ? "closed, " : "killed, ";
    for (long at = 0; at < Rest.writtenBytes(whole.media()); at += step) {
      long here = at;
      submit(name + "byte " + at, whole, isClosed, media -> Rest.flip(media, here));
    }
    for (long at = 0; at < Rest.writtenBlocks(whole.media()); at++) {
      long here = at;
      submit(name + "cut at block " + at, whole, isClosed, media -> Rest.cut(media, here));
    }
  }

  private void submit(String name, Image whole, boolean isClosed, Consumer<Media> change)
      throws InterruptedException {
    tally.submit(
        name,
        () -> {
          try (Media media = whole.media().copy()) {
            change.accept(media);
            tally.crashed();
            judge(media, whole, isClosed);
            tally.judged();
          }
        });
  }

  private void judge(Media media, Image whole, boolean isClosed) {
    int least = isClosed ? whole.least() : 0;
    Window window = new Window(new int[] {least}, new int[] {whole.most()});
    try {
      Opening.look(shape, media, 0, SEED, store -> judge(store, window));
    } catch (ZapException _) {
      tally.refused();
    }
  }

  private void judge(ZapStore store, Window window) {
    try {
      oracle.checkPrefix("O9", Opening.entries(store), window);
    } catch (ZapException _) {
      tally.refused();
      for (int key = 0; key < KEYS; key++) {
        judge(store, key, window);
      }
    }
  }

  private void judge(ZapStore store, int key, Window window) {
    byte[] value;
    try {
      value = store.get(Values.key(0, key));
    } catch (ZapException _) {
      return;
    }
    oracle.checkLoosely(0, key, value, window);
  }
}
