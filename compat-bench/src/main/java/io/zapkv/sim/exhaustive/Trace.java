package io.zapkv.sim.exhaustive;

import io.zapkv.api.Durability;
import io.zapkv.api.WriteBatch;
import io.zapkv.api.ZapStore;
import io.zapkv.engine.core.Engine;
import io.zapkv.sim.oracle.Oracle;
import io.zapkv.sim.oracle.Values;
import io.zapkv.sim.plan.Step;
import io.zapkv.sim.plan.Step.Change;
import io.zapkv.sim.schedule.Scheduler;
import io.zapkv.sim.world.Coverage;
import io.zapkv.sim.world.Faults;
import io.zapkv.sim.world.Media;
import io.zapkv.sim.world.Shape;
import io.zapkv.sim.world.SimDevice;
import io.zapkv.sim.world.SimEnv;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// One client's operations on a new store, one after the other; whoever watches may make crash
/// images of the device at each of its events.
///
/// **Threading.** One thread, one use.
final class Trace {
  private static final long STEPS_MAX = 100_000_000;

  private final Shape shape;
  private final List<Deed> deeds;
  private final Watcher atEvent;
  private final Watcher atEnd;
  private final SplittableRandom random;
  private final Scheduler scheduler;
  private final SimEnv env;
  private final SimDevice[] device = new SimDevice[1];
  private int issued;
  private int acked;
  private int durable;

  /// What the client does next.
  sealed interface Deed {
    /// A step of the store.
    record Do(Step step) implements Deed {}

    /// Closes the store and opens it again.
    record Reopen() implements Deed {}
  }

  /// How many writes must and may be there after a crash now.
  record Counts(int acked, int durable, int issued) {}

  /// Who watches.
  interface Watcher {
    /// This is how it stands.
    void look(SimDevice device, Counts counts);
  }

  private Trace(Shape shape, List<Deed> deeds, long seed, Watcher atEvent, Watcher atEnd) {
    this.shape = shape;
    this.deeds = deeds;
    this.atEvent = atEvent;
    this.atEnd = atEnd;
    this.random = new SplittableRandom(seed);
    this.scheduler = new Scheduler(random.split(), shape.picking(), STEPS_MAX);
    this.env = new SimEnv(scheduler, random.split());
  }

  /// Plays all of it.
  ///
  /// @param atEvent looks whenever the device is about to do something
  /// @param atEnd looks when the last operation has returned
  static void play(Shape shape, List<Deed> deeds, long seed, Watcher atEvent, Watcher atEnd) {
    Trace trace = new Trace(shape, deeds, seed, atEvent, atEnd);
    try (Media media = new Media(shape.geometry())) {
      trace.scheduler.run(() -> trace.live(media));
    }
  }

  /// The same writes as an oracle has them; nothing is written to it any more.
  static Oracle oracle(List<Deed> deeds) {
    Oracle oracle = new Oracle(1);
    for (Deed deed : deeds) {
      if (deed instanceof Deed.Do(Step.Write write)) {
        oracle.begin(0, write.changes());
      }
    }
    return oracle;
  }

  /// Operations drawn at random, mostly writes.
  static List<Deed> draw(int operations, int keys, SplittableRandom random) {
    List<Deed> deeds = new ArrayList<>();
    for (int i = 0; i < operations; i++) {
      int drawn = random.nextInt(1000);
      if (drawn < 4) {
        deeds.add(new Deed.Do(Step.Plain.FLUSH));
      } else if (drawn < 5) {
        deeds.add(new Deed.Do(Step.Plain.COMPACT));
      } else {
        List<Change> changes = new ArrayList<>();
        int count = random.nextInt(6) == 0 ? 2 + random.nextInt(4) : 1;
        for (int c = 0; c < count; c++) {
          boolean deletes = random.nextInt(5) == 0;
          changes.add(new Change(random.nextInt(keys), deletes ? -1 : random.nextInt(300)));
        }
        boolean isDurable = random.nextInt(3) == 0;
        deeds.add(
            new Deed.Do(
                new Step.Write(changes, isDurable ? Durability.DURABLE : Durability.BUFFERED)));
      }
    }
    return deeds;
  }

  private void live(Media media) {
    ZapStore store = open(media);
    try {
      for (Deed deed : deeds) {
        switch (deed) {
          case Deed.Do(Step step) -> take(store, step);
          case Deed.Reopen _ -> {
            store.close();
            durable = issued;
            store = open(media);
          }
        }
      }
      atEnd.look(device[0], counts());
    } finally {
      store.close();
    }
  }

  private Counts counts() {
    return new Counts(acked, durable, issued);
  }

  private ZapStore open(Media media) {
    SimDevice made =
        new SimDevice(
            media,
            shape,
            scheduler,
            random.split(),
            new Faults(List.of(), new Coverage()),
            new Coverage(),
            _ -> {},
            () -> {
              @Nullable SimDevice current = device[0];
              if (current != null) {
                atEvent.look(current, counts());
              }
            });
    device[0] = made;
    return Engine.open(made, shape.options(), env);
  }

  private void take(ZapStore store, Step step) {
    switch (step) {
      case Step.Write write -> {
        int number = issued++;
        store.write(batch(write.changes(), number), write.durability());
        acked = issued;
        durable = write.durability() == Durability.DURABLE ? issued : durable;
      }
      case Step.Plain plain when plain == Step.Plain.FLUSH -> {
        store.flush();
        durable = issued;
      }
      case Step.Plain plain when plain == Step.Plain.COMPACT -> {
        store.compact();
        durable = issued;
      }
      case Step.Plain plain -> throw new IllegalArgumentException(plain.name());
      case Step.Get(int key) -> store.get(Values.key(0, key));
      case Step.Scan _ -> Opening.entries(store);
    }
  }

  private static WriteBatch batch(List<Change> changes, int number) {
    WriteBatch batch = new WriteBatch();
    for (Change change : changes) {
      byte[] key = Values.key(0, change.key());
      if (change.valueBytes() < 0) {
        batch.delete(key);
      } else {
        batch.put(key, Values.value(0, change.key(), number, change.valueBytes()));
      }
    }
    return batch;
  }
}
