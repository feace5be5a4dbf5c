package io.zapkv.sim;

import io.zapkv.api.Cursor;
import io.zapkv.api.DeviceException;
import io.zapkv.api.Durability;
import io.zapkv.api.OutOfSpaceException;
import io.zapkv.api.UnsupportedException;
import io.zapkv.api.VerifyReport;
import io.zapkv.api.ZapException;
import io.zapkv.api.ZapStore;
import io.zapkv.api.ZoneView;
import io.zapkv.engine.core.Engine;
import io.zapkv.engine.inspect.Inspect;
import io.zapkv.sim.oracle.Oracle;
import io.zapkv.sim.oracle.Oracle.Window;
import io.zapkv.sim.oracle.Values;
import io.zapkv.sim.oracle.Violation;
import io.zapkv.sim.plan.Life;
import io.zapkv.sim.plan.Life.End;
import io.zapkv.sim.plan.Plan;
import io.zapkv.sim.plan.Step;
import io.zapkv.sim.schedule.Scheduler;
import io.zapkv.sim.world.Coverage;
import io.zapkv.sim.world.Crash;
import io.zapkv.sim.world.FaultClass;
import io.zapkv.sim.world.FaultKind;
import io.zapkv.sim.world.Faults;
import io.zapkv.sim.world.Media;
import io.zapkv.sim.world.Rest;
import io.zapkv.sim.world.Shape;
import io.zapkv.sim.world.SimDevice;
import io.zapkv.sim.world.SimEnv;
import io.zapkv.zns.ZonedDevice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Plays one plan, from an empty device to the last close.
public final class SimRun {
  /// In which a lane has learned of what befell its operations, even one that is let run last.
  private static final long REFUSAL_NANOS = 1_000_000_000;

  private static final long STEPS_MAX = 10_000_000; // of 80,000 seeds the longest took 3.3 million

  private final Shape shape;
  private final List<Life> lives;
  private final UnaryOperator<ZonedDevice> wrapping;
  private final Coverage coverage = new Coverage();
  private final Scheduler scheduler;
  private final SimEnv env;
  private final SplittableRandom worldRandom;
  private final SplittableRandom crashRandom;
  private final Oracle oracle;
  private final Media media;
  private final List<Scheduler.Task> clients = new ArrayList<>();

  /// What the next opening must and may show.
  private Window window;

  private boolean everOpened;
  private boolean isOpening;
  private boolean isLoose; // this life was not judged as strictly as others
  private boolean isDamaged; // something is gone from the device: the store must say so
  private boolean isFinished; // there is nothing more to be had from this device
  private long events;
  private long eventsOfLife;

  /// What came of it.
  ///
  /// @param failure what went wrong, or null
  /// @param hash of all that happened
  /// @param steps of the scheduler
  /// @param events of the device
  /// @param coverage which faults were met
  /// @param isDisturbed whether another thread of the JVM came in between, so that it counts for
  ///   nothing
  public record Outcome(
      @Nullable Throwable failure,
      long hash,
      long steps,
      long events,
      Coverage coverage,
      boolean isDisturbed) {}

  private SimRun(Plan plan, UnaryOperator<ZonedDevice> wrapping) {
    this.shape = plan.shape();
    this.lives = plan.lives();
    this.wrapping = wrapping;
    this.scheduler = new Scheduler(plan.random("schedule"), shape.picking(), STEPS_MAX);
    this.env = new SimEnv(scheduler, plan.random("machine"));
    this.worldRandom = plan.random("world");
    this.crashRandom = plan.random("crash");
    this.oracle = new Oracle(shape.clients());
    this.media = new Media(shape.geometry());
    this.window = Oracle.exactly(new int[shape.clients()]);
  }

  /// Plays a plan.
  public static Outcome play(Plan plan) {
    return play(plan, device -> device);
  }

  /// Plays a plan with something between the store and its device.
  ///
  /// @param wrapping what the store is given in the place of each device
  public static Outcome play(Plan plan, UnaryOperator<ZonedDevice> wrapping) {
    SimRun run = new SimRun(plan, wrapping);
    Throwable failure = null;
    try {
      run.scheduler.run(run::live);
      if (!run.scheduler.living().isEmpty()) {
        failure = new Violation("O6", "threads that did not end: " + run.scheduler.living());
      }
    } catch (Throwable e) { // an assertion in the engine is a failure of the run, too
      failure = e;
    }
    return new Outcome(
        failure,
        run.scheduler.hash(),
        run.scheduler.steps(),
        run.events,
        run.coverage,
        run.scheduler.foreignWakeups() > 0);
  }

  private void live() {
    try (media) {
      for (int i = 0; i < lives.size() && !isFinished; i++) {
        live(lives.get(i), i == lives.size() - 1);
      }
    }
  }

  private void live(Life life, boolean isLast) {
    Faults faults = new Faults(life.faults(), coverage);
    SimDevice device = device(life, faults);
    boolean wasDamaged = isDamaged;
    LifeState state = new LifeState(device, media, faults, coverage, scheduler, isDamaged);
    ZapStore store = open(device, state);
    if (store != null) {
      try {
        if (!isLoose) { // else what is there is not known well enough to judge what follows
          use(store, life, state);
        }
        checkRefusal(store, state, faults);
        if (isLast && !state.isTroubled() && life.end() == End.CLOSE) {
          wipe(store);
        }
        if (!device.isDead()) {
          end(life.end(), device);
        }
      } finally {
        close(store, state);
      }
    }
    afterwards(life, device, faults);
    isDamaged |= faults.mayLoseData();
    if (faults.mayLoseLog()) {
      window = new Window(new int[shape.clients()], window.most());
    }
    isFinished |= wasDamaged;
    boolean hasLog = store == null || state.isTroubled() || life.end() != End.CLOSE;
    for (Life.Damage damage : life.damages()) {
      isDamaged |= Rest.damage(media, damage, coverage);
      // The end of the log may be what has changed, and nothing else says how long it was. A zone
      // that is gone is missed.
      if (hasLog && damage.kind() == Life.Damage.Kind.FLIP) {
        window = new Window(new int[shape.clients()], window.most());
      }
    }
  }

  private static void close(ZapStore store, LifeState state) {
    try {
      store.close();
    } catch (OutOfMemoryError e) { // everything was given back all the same
      state.judge(e);
    }
  }

  private SimDevice device(Life life, Faults faults) {
    SimDevice[] itself = new SimDevice[1];
    eventsOfLife = 0;
    itself[0] =
        new SimDevice(
            media,
            shape,
            scheduler,
            worldRandom,
            faults,
            coverage,
            this::mishap,
            () -> {
              events++;
              if (++eventsOfLife == life.atEvent()) {
                end(life.end(), itself[0]);
              }
            });
    return itself[0];
  }

  private void mishap(FaultKind kind) {
    if (kind == FaultKind.CLOCK) {
      env.jump();
    } else if (!clients.isEmpty()) {
      clients.get(worldRandom.nextInt(clients.size())).interrupt();
    }
  }

  private void end(End end, SimDevice device) {
    if (end != End.CLOSE && isOpening) {
      coverage.hit(FaultClass.F24);
    }
    switch (end) {
      case CLOSE -> promise(oracle.acked(), oracle.issued());
      case KILL -> {
        Crash.happen(device, Crash.Kind.KILL, crashRandom);
        if (!isOpening) {
          promise(oracle.acked(), oracle.issued());
        }
      }
      case POWER -> {
        Crash.happen(device, Crash.Kind.POWER_ANY, crashRandom);
        env.reboot();
        promise(oracle.durable(), isOpening ? window.most() : oracle.issued());
      }
    }
  }

  /// What may be there after the next opening. A store that was only looked at key by key may have
  /// lost what an earlier power cut took: nobody has counted its writes since.
  private void promise(int[] least, int[] most) {
    window = isLoose ? window.loweredTo(least) : new Window(least, most);
  }

  private @Nullable ZapStore open(SimDevice device, LifeState state) {
    isOpening = true;
    ZapStore store = null;
    boolean isSound = false;
    try {
      store = Engine.open(wrapping.apply(device), shape.options(), env);
      verify(store, state);
      everOpened = true;
      isSound = true;
      return store;
    } catch (UnsupportedException e) {
      isFinished = true;
    } catch (ZapException e) {
      refused(e, state);
    } catch (OutOfMemoryError e) {
      state.judge(e);
    } finally {
      isOpening = false;
      if (store != null && !isSound) {
        close(store, state);
      }
    }
    return null;
  }

  /// A store that never came to be, because its making was cut short, may be refused as other data.
  private void refused(ZapException failure, LifeState state) {
    isFinished = !state.isOver() && (!everOpened || media.isMetadataStruck() || isDamaged);
    if (everOpened || !isFinished) {
      state.judge(failure);
    }
  }

  /// What is there after an opening is what may be there, both ways and key by key.
  private void verify(ZapStore store, LifeState state) {
    isLoose = state.isDamaged();
    if (isLoose) {
      verifyLoosely(store, state);
      return;
    }
    List<byte[][]> found;
    try (Cursor cursor = store.cursor()) {
      found = Client.readAll(cursor, crashRandom.nextBoolean());
    }
    if (state.isOver()) {
      return;
    }
    int[] counts = oracle.checkPrefix("O3", found, window);
    for (byte[][] entry : found) {
      scheduler.note(Arrays.hashCode(entry[1]));
    }
    oracle.restart(counts);
    window = Oracle.exactly(new int[shape.clients()]);
    for (int client = 0; client < shape.clients(); client++) {
      for (int key = 0; key < shape.keys(); key += 1 + shape.keys() / 16) {
        byte[] value = store.get(Values.key(client, key));
        if (state.isOver()) {
          return;
        }
        oracle.checkOwn(client, key, value);
      }
    }
  }

  private void verifyLoosely(ZapStore store, LifeState state) {
    for (int client = 0; client < shape.clients(); client++) {
      for (int key = 0; key < shape.keys(); key++) {
        try {
          byte[] value = store.get(Values.key(client, key));
          if (!state.isOver()) {
            oracle.checkLoosely(client, key, value, window);
          }
        } catch (ZapException e) {
          state.judge(e);
        }
      }
    }
  }

  private void use(ZapStore store, Life life, LifeState state) {
    clients.clear();
    for (int client = 0; client < shape.clients(); client++) {
      List<Step> steps = life.steps().get(client);
      clients.add(
          scheduler.start("client-" + client, new Client(client, steps, store, oracle, state)));
    }
    clients.forEach(Scheduler.Task::join);
    for (Scheduler.Task client : clients) {
      Throwable failure = client.failure();
      if (failure != null && !(state.isOver() && failure instanceof ZapException)) {
        throw new IllegalStateException(failure.getMessage(), failure);
      }
    }
  }

  /// After a fault that leaves open what the device has, no write is taken any more (F15, F16,
  /// F21).
  private void checkRefusal(ZapStore store, LifeState state, Faults faults) {
    if (state.isOver() || !faults.mustEndWriting()) {
      return;
    }
    scheduler.pause(REFUSAL_NANOS);
    Step.Change change = new Step.Change(0, 0);
    int number = oracle.nextNumber(0);
    oracle.begin(0, List.of(change));
    try {
      store.put(Values.key(0, 0), Values.value(0, 0, number, 0), Durability.DURABLE);
    } catch (DeviceException | OutOfSpaceException | OutOfMemoryError _) {
      return;
    }
    if (!state.isOver()) {
      throw new Violation("O5", "a store takes writes after its device failed for good");
    }
  }

  /// Where everything is deleted nothing is left that takes room.
  private void wipe(ZapStore store) {
    for (int client = 0; client < shape.clients(); client++) {
      for (int key = 0; key < shape.keys(); key++) {
        store.delete(Values.key(client, key));
      }
    }
    store.compact();
    long live = store.stats().space().liveBytes();
    long zones = store.zones().count(ZoneView.Use.TABLE) + store.zones().count(ZoneView.Use.SHARED);
    if (live != 0 || zones != 0) {
      throw new Violation("O6", live + " live bytes and " + zones + " zones of an empty store");
    }
  }

  /// What a life leaves behind is given back, and sound.
  private void afterwards(Life life, SimDevice device, Faults faults) {
    String violation = device.violation();
    if (violation != null) {
      throw new Violation("O6", violation);
    }
    if (!device.openQueues().isEmpty()) {
      throw new Violation("O6", "queues not given back: " + device.openQueues());
    }
    if (everOpened && !isDamaged && !isFinished && !faults.mayEndWriting()) {
      Faults none = new Faults(List.of(), coverage);
      try (SimDevice looked =
          new SimDevice(
              media, shape, scheduler, worldRandom, none, coverage, this::mishap, () -> {})) {
        List<VerifyReport.Problem> problems =
            new ArrayList<>(Inspect.verify(looked, env).problems());
        if (life.end() != End.CLOSE) { // the end of one copy may be torn; a whole opening mends it
          problems.removeIf(problem -> problem.where().endsWith("metadata"));
        }
        if (!problems.isEmpty()) {
          throw new Violation("O8", "after a " + life.end() + ": " + problems);
        }
      }
    }
  }
}
