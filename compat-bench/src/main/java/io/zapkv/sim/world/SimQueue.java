package io.zapkv.sim.world;

import io.zapkv.sim.world.SimOperation.Kind;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneGroup;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneRange;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A queue of [SimDevice]. Who waits parks, and the scheduler goes on with others.
///
/// Its ring may be lost (F18): all that is under way fails, and so does all that comes, while the
/// device goes on with what it was sent.
final class SimQueue implements ZoneQueue {
  private static final byte POISON = (byte) 0xA5;

  private final SimDevice device;
  private final int depth;
  private final List<SimOperation> queued = new ArrayList<>();
  private final ArrayDeque<SimOperation> ready = new ArrayDeque<>();
  private final ArrayDeque<SimOperation> away = new ArrayDeque<>(); // all that nobody was told of
  private final String opener;
  private int withheld; // completions that never come
  private boolean lost;
  private boolean closed;
  private @Nullable Thread waiter;

  SimQueue(SimDevice device, int depth) {
    this.device = device;
    this.depth = depth;
    this.opener =
        StackWalker.getInstance()
            .walk(frames ->
                frames
                    .map(StackWalker.StackFrame::getClassName)
                    .filter(name -> name.startsWith("io.zapkv.engine"))
                    .distinct()
                    .limit(3)
                    .toList()
                    .toString());
  }

  String opener() {
    return opener;
  }

  @Override
  public int depth() {
    return depth;
  }

  @Override
  public int outstanding() {
    return away.size();
  }

  @Override
  public boolean isLost() {
    return lost;
  }

  @Override
  public boolean append(int zone, MemorySegment data, int flags, long token) {
    if (data.byteSize() > device.geometry().appendBytesMax()
        || data.byteSize() % device.geometry().blockBytes() != 0) {
      throw new IllegalArgumentException("an append of " + data.byteSize() + " bytes");
    }
    SimOperation operation = take(Kind.APPEND, zone, flags, token);
    if (operation == null) {
      return false;
    }
    operation.data = data;
    return true;
  }

  @Override
  public boolean append(ZoneGroup group, MemorySegment data, int flags, long token) {
    throw new UnsupportedOperationException("the engine chooses its zones");
  }

  @Override
  public boolean write(long address, MemorySegment data, int flags, long token) {
    throw new UnsupportedOperationException("the engine appends");
  }

  @Override
  public boolean copy(List<ZoneRange> sources, int destinationZone, int flags, long token) {
    throw new UnsupportedOperationException("the engine does not copy");
  }

  @Override
  public boolean read(long address, MemorySegment target, int flags, long token) {
    SimOperation operation = take(Kind.READ, ZoneAddress.zone(address), flags, token);
    if (operation == null) {
      return false;
    }
    target.fill(POISON);
    operation.data = target;
    operation.address = address;
    return true;
  }

  @Override
  public boolean manage(ZoneAction action, int zone, int flags, long token) {
    SimOperation operation = take(Kind.MANAGE, zone, flags, token);
    if (operation == null) {
      return false;
    }
    operation.action = action;
    return true;
  }

  @Override
  public boolean sync(int zone, int flags, long token) {
    SimOperation operation = take(Kind.SYNC, zone, flags, token);
    if (operation == null) {
      return false;
    }
    device.beginSync(operation);
    return true;
  }

  private @Nullable SimOperation take(Kind kind, int zone, int flags, long token) {
    if (closed) {
      throw new IllegalStateException("the queue is closed");
    }
    if (flags != 0) {
      throw new UnsupportedOperationException("the engine chains nothing");
    }
    device.mayYield();
    device.mayRunOut();
    if (away.size() == depth) {
      return null;
    }
    if (lost) {
      SimOperation unsent = new SimOperation(this, kind, zone, token, -1);
      away.add(unsent);
      return unsent;
    }
    SimOperation operation = device.operation(this, kind, zone, token);
    away.add(operation);
    queued.add(operation);
    return operation;
  }

  @Override
  public void flush() {
    if (!queued.isEmpty()) {
      int now = device.takenNow(queued.size());
      for (int i = 0; i < now; i++) {
        device.start(queued.get(i), i);
      }
      if (now < queued.size()) {
        device.startLater(List.copyOf(queued.subList(now, queued.size())));
      }
      queued.clear();
    }
    device.mayYield();
  }

  /// The device has done it.
  void completed(SimOperation operation) {
    if (lost || closed) {
      return;
    }
    switch (device.atCompletion(operation)) {
      case SILENCE -> withheld++;
      case BROKEN_RING -> lose();
      case null, default -> ready.add(operation);
    }
    wake();
  }

  private void wake() {
    Thread waiting = waiter;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }

  private void lose() {
    lost = true;
    away.forEach(device::giveUp);
    queued.clear();
    ready.clear();
    wake();
  }

  @Override
  public int poll(ZoneHandler handler, int limit) {
    device.mayYield();
    int told = 0;
    while (told < limit && !ready.isEmpty()) {
      SimOperation operation = ready.poll();
      away.remove(operation);
      told++;
      tell(operation, handler);
    }
    while (told < limit && lost && !away.isEmpty()) {
      told++;
      handler.onFailed(away.poll().token, ZoneFailure.TRANSPORT);
    }
    return told;
  }

  private void tell(SimOperation operation, ZoneHandler handler) {
    ZoneFailure failure = operation.failure;
    if (failure != null) {
      handler.onFailed(operation.token, failure);
      return;
    }
    boolean isAppend = operation.kind == Kind.APPEND;
    if (isAppend) {
      operation.data.fill(POISON); // whoever still counts on it reads this
    }
    handler.onDone(
        operation.token,
        (int) operation.data.byteSize(),
        isAppend ? operation.address : ZoneAddress.NONE);
  }

  @Override
  public int await(ZoneHandler handler, int limit) {
    flush();
    if (limit > 0) {
      awaitReady();
    }
    return poll(handler, limit);
  }

  private void awaitReady() {
    boolean interrupted = false;
    waiter = Thread.currentThread();
    boolean isPatient = false;
    while (!away.isEmpty() && ready.isEmpty() && !lost) {
      if (withheld == away.size() && !isPatient) {
        isPatient = true; // nothing else can come, and who waits submits nothing
        device.afterPatience(this::lose);
      }
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    waiter = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    away.removeAll(queued);
    queued.clear();
    while (!away.isEmpty() && !lost) {
      awaitReady();
      away.removeAll(ready);
      ready.clear();
    }
    closed = true;
    device.queueClosed(this);
  }
}
