package io.zapkv.engine.core;

import io.zapkv.zns.DeviceStats;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.StagingStore;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneGroup;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneRange;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZonedDevice;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A device that dies at a given operation: that one and all later ones fail and have no effect. It
/// knows which blocks a sync has covered, so that [CrashImage] can lose the others.
final class CrashDevice implements ZonedDevice {
  private final ZonedDevice device;
  private final ReentrantLock lock = new ReentrantLock();
  private final BitSet[] completed;
  private final BitSet[] durable;
  private final long diesAt;
  private long operations;
  private volatile boolean dead;

  /// @param diesAt the how-manieth write, sync or zone command fails first, from one
  CrashDevice(ZonedDevice device, long diesAt) {
    this.device = device;
    this.diesAt = diesAt;
    completed = new BitSet[device.geometry().zones()];
    durable = new BitSet[completed.length];
    for (ZoneReport report : device.report()) {
      // What was there when it was opened, was there after the crash before.
      long written = report.state().isActive() ? report.writePointerBlocks() : 0;
      written = report.state() == ZoneState.FULL ? report.capacityBlocks() : written;
      completed[report.zone()] = new BitSet();
      durable[report.zone()] = new BitSet();
      completed[report.zone()].set(0, (int) written);
      durable[report.zone()].set(0, (int) written);
    }
  }

  boolean isDead() {
    return dead;
  }

  void die() {
    dead = true;
  }

  long operations() {
    lock.lock();
    try {
      return operations;
    } finally {
      lock.unlock();
    }
  }

  BitSet durable(int zone) {
    lock.lock();
    try {
      return (BitSet) durable[zone].clone();
    } finally {
      lock.unlock();
    }
  }

  /// Whether another operation goes through.
  private boolean lives() {
    lock.lock();
    try {
      dead |= ++operations >= diesAt;
      return !dead;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String name() {
    return device.name();
  }

  @Override
  public Geometry geometry() {
    return device.geometry();
  }

  @Override
  public ZoneReport report(int zone) {
    return device.report(zone);
  }

  @Override
  public List<ZoneReport> report() {
    return device.report();
  }

  @Override
  public ZoneQueue openQueue(int depth) {
    return new Queue(device.openQueue(depth));
  }

  @Override
  public @Nullable MemorySegment mapped(int zone) {
    return device.mapped(zone);
  }

  @Override
  public @Nullable StagingStore staging() {
    return device.staging();
  }

  @Override
  public DeviceStats stats() {
    return device.stats();
  }

  @Override
  public boolean isVolatile() {
    return device.isVolatile();
  }

  /// The store's close leaves it open, so that what a crash left can be looked at.
  @Override
  public void close() {}

  void closeForGood() {
    device.close();
  }

  /// What is to be done when an operation has succeeded.
  private record Pending(long token, Runnable done, int zone, boolean isAppend) {}

  private final class Queue implements ZoneQueue {
    private final ZoneQueue queue;
    private final Map<Long, Pending> pending = new HashMap<>();
    private final ArrayDeque<Long> failing = new ArrayDeque<>();
    private long nextId;

    Queue(ZoneQueue queue) {
      this.queue = queue;
    }

    private interface Passing {
      boolean pass(long id);
    }

    private boolean submit(long token, int zone, boolean isAppend, Runnable done, Passing passing) {
      if (outstanding() == queue.depth()) {
        return false;
      }
      if (!lives()) {
        failing.add(token);
        return true;
      }
      long id = nextId++;
      pending.put(id, new Pending(token, done, zone, isAppend));
      if (passing.pass(id)) {
        return true;
      }
      pending.remove(id);
      return false;
    }

    @Override
    public int depth() {
      return queue.depth();
    }

    @Override
    public int outstanding() {
      return queue.outstanding() + failing.size();
    }

    @Override
    public boolean append(int zone, MemorySegment data, int flags, long token) {
      return submit(token, zone, true, () -> {}, id -> queue.append(zone, data, flags, id));
    }

    @Override
    public boolean append(ZoneGroup group, MemorySegment data, int flags, long token) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean write(long address, MemorySegment data, int flags, long token) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean read(long address, MemorySegment target, int flags, long token) {
      long id = nextId++;
      pending.put(id, new Pending(token, () -> {}, 0, false));
      boolean taken = queue.read(address, target, flags, id);
      if (!taken) {
        pending.remove(id);
      }
      return taken;
    }

    @Override
    public boolean manage(ZoneAction action, int zone, int flags, long token) {
      Runnable done = action == ZoneAction.RESET ? () -> forget(zone) : () -> {};
      return submit(token, zone, false, done, id -> queue.manage(action, zone, flags, id));
    }

    private void forget(int zone) {
      lock.lock();
      try {
        completed[zone].clear();
        durable[zone].clear();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public boolean sync(int zone, int flags, long token) {
      BitSet covered;
      lock.lock();
      try {
        covered = (BitSet) completed[zone].clone();
      } finally {
        lock.unlock();
      }
      return submit(
          token, zone, false, () -> cover(zone, covered), id -> queue.sync(zone, flags, id));
    }

    private void cover(int zone, BitSet covered) {
      lock.lock();
      try {
        durable[zone].or(covered);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public boolean copy(List<ZoneRange> sources, int destinationZone, int flags, long token) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void flush() {
      queue.flush();
    }

    @Override
    public int poll(ZoneHandler handler, int limit) {
      int told = tellFailing(handler, limit);
      return told + queue.poll(new Telling(handler), limit - told);
    }

    @Override
    public int await(ZoneHandler handler, int limit) {
      int told = tellFailing(handler, limit);
      return told > 0 ? told : queue.await(new Telling(handler), limit);
    }

    private int tellFailing(ZoneHandler handler, int limit) {
      int told = 0;
      while (told < limit && !failing.isEmpty()) {
        handler.onFailed(failing.poll(), ZoneFailure.TRANSPORT);
        told++;
      }
      return told;
    }

    @Override
    public void close() {
      queue.close();
    }

    private final class Telling implements ZoneHandler {
      private final ZoneHandler handler;

      Telling(ZoneHandler handler) {
        this.handler = handler;
      }

      @Override
      public void onDone(long id, int bytes, long address) {
        Pending each = pending.remove(id);
        each.done().run();
        if (each.isAppend()) {
          int from = (int) ZoneAddress.block(address);
          lock.lock();
          try {
            completed[each.zone()].set(from, from + bytes / geometry().blockBytes());
          } finally {
            lock.unlock();
          }
        }
        handler.onDone(each.token(), bytes, address);
      }

      @Override
      public void onFailed(long id, ZoneFailure failure) {
        handler.onFailed(pending.remove(id).token(), failure);
      }
    }
  }
}
