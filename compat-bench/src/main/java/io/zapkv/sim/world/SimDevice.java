package io.zapkv.sim.world;

import io.zapkv.sim.schedule.Scheduler;
import io.zapkv.sim.world.Media.Zone;
import io.zapkv.sim.world.SimOperation.Kind;
import io.zapkv.zns.DeviceStats;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.StagingStore;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneCommand;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZoneTransition;
import io.zapkv.zns.ZonedDevice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// A zoned device in virtual time, from one opening to its close or to a crash.
///
/// ```
///   submit ──► flush ──delay──► executed ──delay──► completed ──► poll
///                               address, bytes,
///                               state: here
/// ```
///
/// An append gets its address, and its buffer is read, when it is executed, which is any time
/// between its flush and its completion. Once it is dead every operation fails and changes nothing.
public final class SimDevice implements ZonedDevice {
  private static final long STEADY_NANOS = 8_000;
  private static final long RANDOM_NANOS_MAX = 30_000;
  private static final long STARVED_NANOS = 2_000_000;
  private static final long BACK_OFF_NANOS_MAX = 20_000_000;
  private static final long PATIENCE_NANOS = 180_000_000_000L; // as that of a real ring

  private final Media media;
  private final Shape shape;
  private final Scheduler scheduler;
  private final SplittableRandom random;
  private final Faults faults;
  private final Coverage coverage;
  private final Landing landing;
  private final @Nullable SimStaging staging;
  private final Runnable onEvent;
  private final Mishaps mishaps;
  private final List<SimOperation> inFlight = new ArrayList<>();
  private final List<SimQueue> queues = new ArrayList<>();
  private long operations;
  private long failedOnce = -1;
  private boolean isDead;
  private boolean isGone;
  private boolean isClosed;
  private @Nullable String violation;

  /// What a fault does to others than the device.
  public interface Mishaps {
    /// The clock jumps, or a client is interrupted.
    void happens(FaultKind kind);
  }

  /// Powers a device on.
  ///
  /// @param onEvent told of each submission, execution and completion, before it happens
  public SimDevice(
      Media media,
      Shape shape,
      Scheduler scheduler,
      SplittableRandom random,
      Faults faults,
      Coverage coverage,
      Mishaps mishaps,
      Runnable onEvent) {
    this.media = media;
    this.shape = shape;
    this.scheduler = scheduler;
    this.random = random;
    this.faults = faults;
    this.coverage = coverage;
    this.landing = new Landing(media, shape.hasCache(), coverage);
    this.mishaps = mishaps;
    this.onEvent = onEvent;
    this.staging = shape.hasStaging() ? new SimStaging(media.staging) : null;
  }

  /// Whether it has crashed.
  public boolean isDead() {
    return isDead;
  }

  /// Ends it: from now on nothing has an effect. What the process had in memory that outlives it is
  /// kept as it is now.
  List<SimOperation> die() {
    isDead = true;
    SimStaging memory = staging;
    if (memory != null) {
      memory.saveTo(media.staging);
    }
    return inFlight.stream().filter(each -> each.isFlushed && !each.isExecuted).toList();
  }

  Landing landing() {
    return landing;
  }

  /// A copy of what there is now, and of what the device has been sent and has not done.
  Media copyOfMedia(List<SimOperation> sent) {
    Media copy = media.copy();
    SimStaging memory = staging;
    if (memory != null) {
      memory.saveTo(copy.staging);
    }
    for (SimOperation each : inFlight) {
      if (each.isFlushed && !each.isExecuted) {
        sent.add(each.copy());
      }
    }
    return copy;
  }

  /// What the store did that no store may do, if anything.
  public @Nullable String violation() {
    return violation;
  }

  /// Queues that were not given back, by who opened them.
  public List<String> openQueues() {
    return queues.stream().map(SimQueue::opener).toList();
  }

  @Override
  public String name() {
    return "sim";
  }

  @Override
  public Geometry geometry() {
    return media.geometry();
  }

  @Override
  public ZoneReport report(int number) {
    mayYield();
    Zone zone = media.zone(number);
    long pointer =
        switch (zone.state) {
          case EMPTY, IMPLICITLY_OPEN, EXPLICITLY_OPEN, CLOSED -> zone.pointer;
          case FULL -> geometry().zoneCapacityBlocks();
          case READ_ONLY, OFFLINE -> -1;
        };
    return new ZoneReport(
        number, zone.state, pointer, geometry().zoneCapacityBlocks(), zone.generation > 0);
  }

  @Override
  public List<ZoneReport> report() {
    List<ZoneReport> reports = new ArrayList<>();
    for (int zone = 0; zone < geometry().zones(); zone++) {
      reports.add(report(zone));
    }
    return reports;
  }

  @Override
  public ZoneQueue openQueue(int depth) {
    SimQueue queue = new SimQueue(this, depth);
    queues.add(queue);
    return queue;
  }

  void queueClosed(SimQueue queue) {
    queues.remove(queue);
  }

  @Override
  public @Nullable MemorySegment mapped(int zone) {
    return shape.isMapped() ? media.zone(zone).bytes().asReadOnly() : null;
  }

  @Override
  public @Nullable StagingStore staging() {
    return staging;
  }

  @Override
  public DeviceStats stats() {
    return new DeviceStats(0, 0, 0, 0, 0, 0, 0, 0, 0, "simulated");
  }

  @Override
  public boolean isVolatile() {
    return false;
  }

  @Override
  public void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    SimStaging memory = staging;
    if (memory != null) {
      if (!isDead) {
        memory.saveTo(media.staging);
      }
      memory.close();
    }
  }

  /// Lets others go first, sometimes.
  @SuppressWarnings("ThreadPriorityCheck") // the scheduler that it relies on is ours
  void mayYield() {
    if (shape.yieldOneIn() > 0 && random.nextInt(shape.yieldOneIn()) == 0) {
      Thread.yield();
    }
  }

  /// The JVM may run out of memory in the middle of a submission.
  void mayRunOut() {
    FaultKind fault = isDead ? null : faults.next(FaultKind.On.SUBMISSION);
    if (fault != null) {
      faults.strike(fault, false);
      throw new OutOfMemoryError("simulated");
    }
  }

  SimOperation operation(SimQueue queue, Kind kind, int zone, long token) {
    event();
    SimOperation operation = new SimOperation(queue, kind, zone, token, operations++);
    inFlight.add(operation);
    return operation;
  }

  void beginSync(SimOperation operation) {
    Zone zone = media.zone(operation.zone);
    operation.generation = zone.generation;
    operation.covers = (BitSet) zone.completed.clone();
  }

  /// Starts an operation that is the `place`-th of its flush.
  void start(SimOperation operation, int place) {
    operation.isFlushed = true;
    long delay = operation.kind == Kind.SYNC ? 2 * delayNanos(place) : delayNanos(place);
    scheduler.at(delay, () -> execute(operation));
  }

  /// How many of the operations of a flush the ring takes now.
  int takenNow(int operations) {
    FaultKind fault = isDead ? null : faults.next(FaultKind.On.FLUSH);
    if (fault == null) {
      return operations;
    }
    faults.strike(fault, false);
    return random.nextInt(operations);
  }

  /// Starts what the ring did not take at first, when it takes it.
  void startLater(List<SimOperation> operations) {
    scheduler.at(
        1 + random.nextLong(BACK_OFF_NANOS_MAX),
        () -> {
          for (int i = 0; i < operations.size(); i++) {
            if (!operations.get(i).isGivenUp) {
              start(operations.get(i), i);
            }
          }
        });
  }

  /// What goes wrong with the ring when a completion comes, if anything.
  @Nullable FaultKind atCompletion(SimOperation operation) {
    FaultKind fault = isDead ? null : faults.next(FaultKind.On.COMPLETION);
    if (fault != null) {
      faults.strike(fault, operation.zone < Media.METADATA_ZONES);
    }
    return fault;
  }

  /// Has `action` done when a silent queue is given up.
  void afterPatience(Runnable action) {
    scheduler.at(PATIENCE_NANOS, action);
  }

  /// A lost queue has it no more; what was sent is done all the same.
  void giveUp(SimOperation operation) {
    operation.isGivenUp = true;
    if (!operation.isFlushed) {
      inFlight.remove(operation);
    }
  }

  private long delayNanos(int place) {
    return switch (shape.order()) {
      case SUBMITTED -> STEADY_NANOS;
      case REVERSED -> STEADY_NANOS - Math.min(place, 60) * 100L;
      case RANDOM -> 1 + random.nextLong(RANDOM_NANOS_MAX);
      case STARVING ->
          random.nextInt(16) == 0 ? STARVED_NANOS : 1 + random.nextLong(RANDOM_NANOS_MAX);
    };
  }

  private void event() {
    if (!isDead) {
      onEvent.run();
      mishap();
    }
  }

  private void mishap() {
    FaultKind fault = isDead ? null : faults.next(FaultKind.On.ANY);
    if (fault == FaultKind.GONE) {
      isGone = true;
      faults.strike(fault, false);
    } else if (fault != null) {
      mishaps.happens(fault);
      faults.strike(fault, false);
    }
  }

  private void execute(SimOperation operation) {
    event();
    operation.isExecuted = true;
    if (isDead || isGone || isClosed) {
      operation.failure = ZoneFailure.TRANSPORT;
    } else {
      apply(operation);
      scheduler.note(
          operation.ordinal << 32 ^ operation.address ^ operation.kind.name().hashCode());
    }
    scheduler.at(delayNanos(0), () -> complete(operation));
  }

  private void complete(SimOperation operation) {
    event();
    if (operation.landedAt != ZoneAddress.NONE && operation.failure == null && !isDead) {
      Zone zone = media.zone(operation.zone);
      int first = (int) ZoneAddress.block(operation.landedAt);
      if (operation.generation == zone.generation) {
        zone.completed.set(first, first + landing.blocks(operation));
      }
      boolean overtakes =
          inFlight.stream()
              .anyMatch(each ->
                  each.kind == Kind.APPEND
                      && each.zone == operation.zone
                      && each.ordinal < operation.ordinal);
      if (overtakes) {
        coverage.hit(FaultClass.F1);
      }
    }
    inFlight.remove(operation);
    operation.queue.completed(operation);
  }

  private void apply(SimOperation operation) {
    switch (operation.kind) {
      case APPEND -> append(operation);
      case READ -> read(operation);
      case SYNC -> sync(operation);
      case MANAGE -> manage(operation);
    }
  }

  private void append(SimOperation operation) {
    Zone zone = media.zone(operation.zone);
    FaultKind fault = faults.next(FaultKind.On.APPEND);
    if (fault == null) {
      landing.land(operation);
      return;
    }
    // Where the first append to a zone landed is nobody's surprise, and a block that somebody else
    // wrote is where one of ours could have landed.
    boolean isBelieved = fault == FaultKind.LIE && (zone.pointer == 0 || zone.beginsForeign);
    if (isBelieved) {
      faults.believe();
    }
    faults.strike(fault, isBelieved || zone.number < Media.METADATA_ZONES);
    switch (fault) {
      case HOLE -> {
        landing.land(operation);
        operation.failure = ZoneFailure.MEDIA_WRITE;
      }
      case NO_WRITE -> operation.failure = ZoneFailure.MEDIA_WRITE;
      case FULL -> {
        zone.state = ZoneState.FULL; // and says so: else the store's count of slots would be wrong
        operation.failure = ZoneFailure.FULL;
      }
      case BOUNDARY -> operation.failure = ZoneFailure.BOUNDARY;
      case NO_SLOT -> operation.failure = ZoneFailure.TOO_MANY_ACTIVE;
      case READ_ONLY -> {
        zone.state = ZoneState.READ_ONLY;
        operation.failure = ZoneFailure.READ_ONLY;
      }
      case OFFLINE -> {
        zone.state = ZoneState.OFFLINE;
        operation.failure = ZoneFailure.OFFLINE;
      }
      case EXCURSION -> {
        zone.state = ZoneState.FULL;
        landing.land(operation);
      }
      case FOREIGN_APPEND -> {
        foreignAppend(zone);
        landing.land(operation);
      }
      case FOREIGN_RESET -> {
        zone.forget();
        zone.state = ZoneState.EMPTY;
        landing.land(operation);
      }
      case LOST_WRITE -> {
        byte[] before =
            zone.blocks(0, geometry().zoneCapacityBlocks()).toArray(ValueLayout.JAVA_BYTE);
        landing.land(operation);
        zone.bytes().copyFrom(MemorySegment.ofArray(before));
      }
      case MISDIRECTED -> {
        landing.land(operation);
        if (operation.failure == null && ZoneAddress.block(operation.address) > 0) {
          zone.blocks(0, landing.blocks(operation)).copyFrom(operation.data);
          zone.blocks(ZoneAddress.block(operation.address), landing.blocks(operation))
              .fill((byte) 0);
        }
      }
      case LIE -> {
        landing.land(operation);
        if (operation.failure == null) {
          long block = ZoneAddress.block(operation.address);
          operation.address = ZoneAddress.of(zone.number, block == 0 ? 1 : 0);
        }
      }
      case NEVER_SENT -> operation.address = ZoneAddress.of(0, 0);
      default -> throw new AssertionError(fault);
    }
  }

  private void foreignAppend(Zone zone) {
    if (landing.decide(zone, new ZoneCommand.Append(1)) instanceof ZoneTransition.Moved moved) {
      zone.beginsForeign |= zone.pointer == 0;
      byte[] foreign = new byte[geometry().blockBytes()];
      random.nextBytes(foreign);
      zone.blocks(zone.pointer, 1).copyFrom(MemorySegment.ofArray(foreign));
      zone.appends.add(new long[] {zone.pointer, 1});
      landing.move(zone, moved);
    }
  }

  private void read(SimOperation operation) {
    Zone zone = media.zone(operation.zone);
    long first = ZoneAddress.block(operation.address);
    int blocks = landing.blocks(operation);
    FaultKind fault = faults.next(FaultKind.On.READ);
    if (fault == FaultKind.READ_ONCE && operation.address == failedOnce) {
      fault = null;
    }
    failedOnce = fault == FaultKind.READ_ONCE ? operation.address : -1;
    if (fault != null) {
      faults.strike(fault, zone.number < Media.METADATA_ZONES);
      if (fault == FaultKind.READ_BAD) {
        zone.unreadable.set((int) first, (int) first + blocks);
      }
      operation.failure = ZoneFailure.MEDIA_READ;
    } else if (zone.state == ZoneState.OFFLINE) {
      operation.failure = ZoneFailure.OFFLINE;
    } else if (first + blocks > readableBlocks(zone)) {
      operation.failure = ZoneFailure.UNWRITTEN;
    } else if (zone.unreadable.nextSetBit((int) first) >= 0
        && zone.unreadable.nextSetBit((int) first) < first + blocks) {
      operation.failure = ZoneFailure.MEDIA_READ;
    } else {
      operation.data.copyFrom(zone.blocks(first, blocks));
    }
  }

  private long readableBlocks(Zone zone) {
    return zone.state == ZoneState.FULL || zone.state == ZoneState.READ_ONLY
        ? geometry().zoneCapacityBlocks()
        : zone.pointer;
  }

  private void sync(SimOperation operation) {
    FaultKind fault = faults.next(FaultKind.On.SYNC);
    if (fault != null) {
      faults.strike(fault, operation.zone < Media.METADATA_ZONES);
      operation.failure = random.nextBoolean() ? ZoneFailure.TRANSPORT : ZoneFailure.MEDIA_WRITE;
    }
    Zone zone = media.zone(operation.zone);
    BitSet covers = operation.covers;
    if (fault != FaultKind.SYNC_BEFORE
        && covers != null
        && zone.generation == operation.generation) {
      zone.durable.or(covers);
      zone.beforeReset = zone.durable.isEmpty() ? zone.beforeReset : null;
    }
  }

  private void manage(SimOperation operation) {
    Zone zone = media.zone(operation.zone);
    ZoneAction action = operation.action;
    if (action == null) {
      throw new AssertionError("no action");
    }
    checkQuiet(zone, action);
    FaultKind fault = action == ZoneAction.RESET ? faults.next(FaultKind.On.RESET) : null;
    if (fault != null) {
      faults.strike(fault, zone.number < Media.METADATA_ZONES);
      operation.failure = ZoneFailure.TRANSPORT;
      if (fault == FaultKind.RESET_BEFORE) {
        return;
      }
    }
    ZoneCommand command =
        switch (action) {
          case OPEN -> new ZoneCommand.Open();
          case CLOSE -> new ZoneCommand.Close();
          case FINISH -> new ZoneCommand.Finish();
          case RESET -> new ZoneCommand.Reset();
        };
    switch (landing.decide(zone, command)) {
      case ZoneTransition.Refused(ZoneFailure why) -> operation.failure = why;
      case ZoneTransition.Moved moved -> {
        if (action == ZoneAction.RESET) {
          rememberBeforeReset(zone);
          zone.forget();
        }
        landing.move(zone, moved);
      }
    }
  }

  /// D18: finish and reset want nothing in flight to the zone.
  private void checkQuiet(Zone zone, ZoneAction action) {
    boolean matters = action == ZoneAction.RESET || action == ZoneAction.FINISH;
    for (SimOperation each : inFlight) {
      if (matters
          && each.kind == Kind.APPEND
          && each.zone == zone.number
          && !each.isExecuted
          && !each.isGivenUp) {
        violation = action + " of zone " + zone.number + " with an append in flight to it (D18)";
      }
    }
  }

  private void rememberBeforeReset(Zone zone) {
    if (shape.hasCache() && zone.pointer > 0 && zone.beforeReset == null) {
      zone.beforeReset =
          new Media.BeforeReset(
              zone.blocks(0, zone.pointer).toArray(ValueLayout.JAVA_BYTE), zone.pointer);
    }
  }
}
