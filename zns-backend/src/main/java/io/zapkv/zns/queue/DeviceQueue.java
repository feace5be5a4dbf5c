package io.zapkv.zns.queue;

import io.zapkv.ring.CompletionHandler;
import io.zapkv.ring.Ring;
import io.zapkv.ring.RingException;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneGroup;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneRange;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A queue of a device that works through a ring: decides at the flush, lets the ring carry.
///
/// ```
///   submit ──► SlotTable ──► flush: OperationRunner decides ──► ring ──► poll: handler
///                               ▲                                │
///                               └── next of a chain, next step ◄─┘
/// ```
///
/// **Threading.** As [ZoneQueue] says; [#close] may come from whoever closes the device, when the
/// owner has stopped.
///
/// **Memory.** All slots are made at once; afterwards only a copy allocates, and what the runner
/// and the ring do.
///
/// **Failures.** A ring that refuses to go on, or from which nothing at all has come for as long as
/// [RingSource#patienceNanos], is given up: see [LostWay].
public final class DeviceQueue implements ZoneQueue {
  private static final System.Logger LOG = System.getLogger(DeviceQueue.class.getName());

  private final Geometry geometry;
  private final Ring ring;
  private final @Nullable LandingOrder landingOrder;
  private final SlotTable slots;
  private final OperationRunner runner;
  private final QueueCounters counters = new QueueCounters();
  private final long patienceNanos;
  private final Consumer<DeviceQueue> onClose;
  private final CompletionHandler onArrival = this::arrived;
  private volatile @Nullable LostWay lost;

  /// Whom the running round of deliveries tells; null between rounds.
  private @Nullable ZoneHandler handler;

  private int delivered;
  private volatile boolean closed;

  /// Takes over the ring and the runner, which sends to that ring.
  ///
  /// @param patienceNanos how long the ring may be silent while something is under way
  /// @param landingOrder in which order a flush executes, or null for that of submission
  /// @param onClose told once the queue is closed
  public DeviceQueue(
      Geometry geometry,
      Ring ring,
      OperationRunner runner,
      long patienceNanos,
      @Nullable LandingOrder landingOrder,
      Consumer<DeviceQueue> onClose) {
    this.geometry = geometry;
    this.ring = ring;
    this.runner = runner;
    this.patienceNanos = patienceNanos;
    this.landingOrder = landingOrder;
    this.onClose = onClose;
    slots = new SlotTable(ring.capacity());
  }

  @Override
  public int depth() {
    return slots.depth();
  }

  @Override
  public int outstanding() {
    return slots.taken();
  }

  @Override
  public boolean append(int zone, MemorySegment data, int flags, long token) {
    checkZone(zone);
    checkAppend(data.byteSize());
    checkSource(data);
    Slot slot = take(Slot.Kind.APPEND, flags, token);
    if (slot == null) {
      return false;
    }
    slot.zone = zone;
    slot.data = data;
    return submit(slot, flags);
  }

  @Override
  public boolean append(ZoneGroup group, MemorySegment data, int flags, long token) {
    for (int i = 0; i < group.size(); i++) {
      checkZone(group.zone(i));
    }
    checkAppend(data.byteSize());
    checkSource(data);
    Slot slot = take(Slot.Kind.APPEND_ANY, flags, token);
    if (slot == null) {
      return false;
    }
    slot.group = group;
    slot.data = data;
    return submit(slot, flags);
  }

  @Override
  public boolean write(long address, MemorySegment data, int flags, long token) {
    checkZone(ZoneAddress.zone(address));
    checkSource(data);
    Slot slot = take(Slot.Kind.WRITE, flags, token);
    if (slot == null) {
      return false;
    }
    slot.address = address;
    slot.data = data;
    return submit(slot, flags);
  }

  @Override
  public boolean read(long address, MemorySegment target, int flags, long token) {
    checkZone(ZoneAddress.zone(address));
    checkSource(target);
    if (target.isReadOnly()) {
      throw new IllegalArgumentException("the target of a read must be writable");
    }
    Slot slot = take(Slot.Kind.READ, flags, token);
    if (slot == null) {
      return false;
    }
    slot.address = address;
    slot.data = target;
    return submit(slot, flags);
  }

  @Override
  public boolean manage(ZoneAction action, int zone, int flags, long token) {
    checkZone(zone);
    Slot slot = take(Slot.Kind.MANAGE, flags, token);
    if (slot == null) {
      return false;
    }
    slot.action = action;
    slot.zone = zone;
    return submit(slot, flags);
  }

  @Override
  public boolean sync(int zone, int flags, long token) {
    if (zone != ALL_ZONES) {
      checkZone(zone);
    }
    Slot slot = take(Slot.Kind.SYNC, flags, token);
    if (slot == null) {
      return false;
    }
    slot.zone = zone;
    return submit(slot, flags);
  }

  @Override
  public boolean copy(List<ZoneRange> sources, int destinationZone, int flags, long token) {
    checkZone(destinationZone);
    long bytes = 0;
    for (ZoneRange source : sources) {
      checkZone(ZoneAddress.zone(source.address()));
      checkBlocks(source.bytes());
      bytes += source.bytes();
    }
    checkAppend(bytes);
    Slot slot = take(Slot.Kind.COPY, flags, token);
    if (slot == null) {
      return false;
    }
    slot.sources = List.copyOf(sources);
    slot.zone = destinationZone;
    return submit(slot, flags);
  }

  private @Nullable Slot take(Slot.Kind kind, int flags, long token) {
    checkOpen();
    if ((flags & ~LINK) != 0) {
      throw new IllegalArgumentException("unknown flags " + Integer.toHexString(flags));
    }
    Slot slot = slots.take();
    if (slot != null) {
      slot.kind = kind;
      slot.token = token;
    }
    return slot;
  }

  private boolean submit(Slot slot, int flags) {
    slots.submit(slot, (flags & LINK) != 0);
    return true;
  }

  @Override
  public void flush() {
    checkOpen();
    if (lost == null) {
      sendQueued();
      try {
        ring.flush();
      } catch (RingException e) {
        lose(LostWay.broken(e, slots));
      }
    }
  }

  private void sendQueued() {
    Slot[] queued = slots.queued();
    int count = slots.queuedCount();
    if (landingOrder == null) {
      for (int i = 0; i < count; i++) {
        start(queued[i]);
      }
    } else {
      landingOrder.shuffle(queued, count);
      count -= landingOrder.heldBack(count);
      for (int i = 0; i < count; i++) {
        runner.decide(queued[i]);
      }
      // Once more: where an append lands says nothing about when it completes.
      landingOrder.shuffle(queued, count);
      for (int i = 0; i < count; i++) {
        send(queued[i]);
      }
    }
    slots.dequeue(count);
  }

  private void start(Slot slot) {
    runner.decide(slot);
    send(slot);
  }

  private void send(Slot slot) {
    slot.away = true;
    runner.send(slot);
  }

  @Override
  public int poll(ZoneHandler handler, int limit) {
    begin(handler);
    try {
      return deliver(limit);
    } finally {
      this.handler = null;
    }
  }

  @Override
  public int await(ZoneHandler handler, int limit) {
    begin(handler);
    try {
      flush();
      while (limit > 0 && slots.taken() > 0 && deliver(limit) == 0) {
        awaitArrival();
      }
      return delivered;
    } finally {
      this.handler = null;
    }
  }

  private void awaitArrival() {
    if (ring.outstanding() == 0) {
      // All there is was held back by the landing order.
      flush();
    }
    if (lost != null) {
      return;
    }
    try {
      if (ring.await(onArrival, 1, patienceNanos) == 0 && ring.outstanding() > 0) {
        lose(LostWay.silent(patienceNanos, ring, slots));
      } else {
        ring.flush();
      }
    } catch (RingException e) {
      lose(LostWay.broken(e, slots));
    }
  }

  private void lose(LostWay way) {
    LOG.log(System.Logger.Level.WARNING, "a queue of the device is given up: {0}", way.why());
    lost = way;
  }

  private void begin(ZoneHandler newHandler) {
    checkOpen();
    if (handler != null) {
      throw new IllegalStateException("a handler must not poll its own queue");
    }
    handler = newHandler;
    delivered = 0;
  }

  /// Takes what the ring has until `limit` is delivered. What that set off is sent on at once: it
  /// may be ready, too.
  private int deliver(int limit) {
    int arrivals = lost == null ? 1 : 0;
    try {
      while (arrivals > 0 && delivered < limit) {
        arrivals = ring.poll(onArrival, limit - delivered);
        if (arrivals > 0) {
          ring.flush();
        }
      }
    } catch (RingException e) {
      lose(LostWay.broken(e, slots));
    }
    LostWay way = lost;
    if (way != null) {
      deliverLost(way, limit);
    }
    return delivered;
  }

  private void deliverLost(LostWay way, int limit) {
    while (delivered < limit) {
      Slot slot = way.next(slots);
      if (slot == null) {
        return;
      }
      runner.abandon(slot);
      ZoneFailure failure = slot.failure == null ? ZoneFailure.TRANSPORT : slot.failure;
      slot.failure = failure;
      long token = slot.token;
      way.chained(slots.finish(slot));
      delivered++;
      Objects.requireNonNull(handler, "a completion outside of a round").onFailed(token, failure);
    }
  }

  private void arrived(long token, int result, long detail) {
    Slot slot = slots.at((int) token);
    if (!runner.arrived(slot, result, detail)) {
      return;
    }
    ZoneFailure failure = slot.failure;
    long itsToken = slot.token;
    slot.away = false;
    int bytes = (int) slot.data.byteSize();
    long address = slot.kind == Slot.Kind.WRITE ? ZoneAddress.NONE : slot.landedAt;
    if (failure == null) {
      count(slot, bytes);
    }
    Slot next = slots.finish(slot);
    if (next != null) {
      start(next);
    }
    delivered++;
    ZoneHandler told = Objects.requireNonNull(handler, "a completion outside of a round");
    if (failure == null) {
      told.onDone(itsToken, bytes, address);
    } else {
      told.onFailed(itsToken, failure);
    }
  }

  private void count(Slot slot, int bytes) {
    switch (slot.kind) {
      case APPEND, APPEND_ANY -> {
        counters.add(QueueCounters.APPENDS, 1);
        counters.add(QueueCounters.APPENDED_BYTES, bytes);
      }
      case WRITE -> counters.add(QueueCounters.WRITTEN_BYTES, bytes);
      case READ -> {
        counters.add(QueueCounters.READS, 1);
        counters.add(QueueCounters.READ_BYTES, bytes);
      }
      case MANAGE -> {
        switch (slot.action) {
          case RESET -> counters.add(QueueCounters.RESETS, 1);
          case FINISH -> counters.add(QueueCounters.FINISHES, 1);
          case OPEN, CLOSE -> {}
        }
      }
      case SYNC -> counters.add(QueueCounters.SYNCS, 1);
      case COPY -> counters.add(QueueCounters.COPIED_BYTES, bytes);
    }
  }

  QueueCounters counters() {
    return counters;
  }

  @Override
  public boolean isLost() {
    return lost != null;
  }

  /// Why the way to the device is lost, or null where it is not.
  @Nullable String loss() {
    LostWay way = lost;
    return way == null ? null : way.why();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    if (handler != null) {
      throw new IllegalStateException("a handler must not close its own queue");
    }
    closed = true;
    LostWay way = lost;
    if (way == null || !way.isStuck()) {
      ring.close();
    }
    for (int index = 0; index < slots.depth(); index++) {
      runner.abandon(slots.at(index));
    }
    if (way == null) {
      runner.close(); // else its memory stays, like all that the device may still write to
    }
    onClose.accept(this);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the queue is closed");
    }
  }

  private void checkZone(int zone) {
    if (zone < 0 || zone >= geometry.zones()) {
      throw new IllegalArgumentException(
          "there is no zone " + zone + ": the device has " + geometry.zones());
    }
  }

  private void checkAppend(long bytes) {
    if (bytes > geometry.appendBytesMax()) {
      throw new IllegalArgumentException(
          bytes + " bytes are more than the largest append, " + geometry.appendBytesMax());
    }
    checkBlocks(bytes);
  }

  private void checkSource(MemorySegment data) {
    if (!data.isNative()) {
      throw new IllegalArgumentException("a buffer must be native memory");
    }
    checkBlocks(data.byteSize());
  }

  private void checkBlocks(long bytes) {
    if (bytes <= 0 || bytes > Integer.MAX_VALUE || bytes % geometry.blockBytes() != 0) {
      throw new IllegalArgumentException(
          bytes
              + " bytes are not one or more whole blocks of "
              + geometry.blockBytes()
              + ", at most 2 GiB");
    }
  }
}
