package io.zapkv.sim.exhaustive;

import io.zapkv.api.Cursor;
import io.zapkv.api.ZapException;
import io.zapkv.api.ZapStore;
import io.zapkv.engine.core.Engine;
import io.zapkv.sim.schedule.Scheduler;
import io.zapkv.sim.world.Coverage;
import io.zapkv.sim.world.Crash;
import io.zapkv.sim.world.Faults;
import io.zapkv.sim.world.Media;
import io.zapkv.sim.world.Shape;
import io.zapkv.sim.world.SimDevice;
import io.zapkv.sim.world.SimEnv;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Opens what a crash has left, in a world of its own.
///
/// **Threading.** One thread, one use.
final class Opening {
  private static final long STEPS_MAX = 1_000_000;
  private static final long NEVER = -1;

  private final Shape shape;
  private final Media media;
  private final SplittableRandom random;
  private final Scheduler scheduler;
  private final SimEnv env;
  private long events;
  private boolean crashed;

  private Opening(Shape shape, Media media, int boot, long seed) {
    this.shape = shape;
    this.media = media;
    this.random = new SplittableRandom(seed);
    this.scheduler = new Scheduler(random.split(), shape.picking(), STEPS_MAX);
    this.env = new SimEnv(scheduler, random.split());
    for (int i = 0; i < boot; i++) {
      env.reboot();
    }
  }

  /// Opens the store, has `look` look at it, and closes it.
  ///
  /// @param boot how often the machine was restarted before
  static void look(Shape shape, Media media, int boot, long seed, Consumer<ZapStore> look) {
    Opening opening = new Opening(shape, media, boot, seed);
    opening.scheduler.run(() -> {
      try (ZapStore store = opening.open(NEVER, Crash.Kind.KILL)) {
        look.accept(store);
      }
    });
  }

  /// What is there.
  static List<byte[][]> entries(Shape shape, Media media, int boot, long seed) {
    AtomicReference<List<byte[][]>> found = new AtomicReference<>();
    look(shape, media, boot, seed, store -> found.set(entries(store)));
    return found.get();
  }

  static List<byte[][]> entries(ZapStore store) {
    List<byte[][]> entries = new ArrayList<>();
    try (Cursor cursor = store.cursor()) {
      for (cursor.first(); cursor.isValid(); cursor.next()) {
        entries.add(new byte[][] {cursor.key(), cursor.value()});
      }
    }
    return entries;
  }

  /// Opens the store and crashes at an event of the device; `media` is what that leaves.
  ///
  /// @return whether there was such an event before the store was open
  static boolean crash(
      Shape shape, Media media, int boot, long seed, long atEvent, Crash.Kind kind) {
    Opening opening = new Opening(shape, media, boot, seed);
    opening.scheduler.run(() -> {
      @Nullable ZapStore store = null;
      try {
        store = opening.open(atEvent, kind);
      } catch (ZapException e) {
        if (!opening.crashed) {
          throw e;
        }
      }
      boolean isReached = opening.crashed;
      if (store != null) {
        store.close();
      }
      opening.crashed = isReached;
    });
    return opening.crashed;
  }

  private ZapStore open(long atEvent, Crash.Kind kind) {
    SimDevice[] itself = new SimDevice[1];
    itself[0] =
        new SimDevice(
            media,
            shape,
            scheduler,
            random.split(),
            new Faults(List.of(), new Coverage()),
            new Coverage(),
            _ -> {},
            () -> {
              if (++events == atEvent) {
                crashed = true;
                Crash.happen(itself[0], kind, random);
              }
            });
    return Engine.open(itself[0], shape.options(), env);
  }
}
