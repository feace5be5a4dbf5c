package io.zapkv.zns.zonefs;

import io.zapkv.ring.Errno;
import io.zapkv.ring.RingFile;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneRange;
import io.zapkv.zns.queue.OperationRunner;
import io.zapkv.zns.queue.Slot;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Carries the operations of one queue out: what changes a zone joins the zone's line, what only
/// reads or syncs goes by the queue's ring.
///
/// **Threading.** Belongs to the queue's owner.
///
/// **Memory.** Allocates for copies only.
final class ZonefsRunner implements OperationRunner {
  /// A request that had no effect for a passing reason is sent again so many times.
  private static final int RETRIES_MAX = 16;

  private final Geometry geometry;
  private final ZonefsZones zones;
  private final InboxRing ring;
  private final Thread writer;
  private final ZoneTask[] tasks;
  private int groupCursor;
  private @Nullable Arena scratch;

  /// @param writer a thread that buffers must be open to
  /// @param groupCursor where this queue begins to look in a group of zones (S2)
  ZonefsRunner(ZonefsZones zones, InboxRing ring, Thread writer, int groupCursor) {
    this.zones = zones;
    this.ring = ring;
    this.writer = writer;
    this.groupCursor = groupCursor;
    geometry = zones.geometry();
    tasks = new ZoneTask[ring.capacity()];
    for (int token = 0; token < tasks.length; token++) {
      tasks[token] = new ZoneTask(token, ring);
    }
  }

  @Override
  public void decide(Slot slot) {
    if (slot.failure != null) {
      return;
    }
    if (isChange(slot.kind) && zones.isReadOnly()) {
      slot.failure = ZoneFailure.READ_ONLY;
      return;
    }
    if (!slot.data.isAccessibleBy(writer) || !slot.data.scope().isAlive()) {
      // In a gather it would take its neighbours with it.
      slot.failure = ZoneFailure.TRANSPORT;
      return;
    }
    switch (slot.kind) {
      case READ -> slot.failure = zones.readable(slot.address, blocks(slot.data.byteSize()));
      case COPY -> beginCopy(slot);
      case APPEND, APPEND_ANY, WRITE, MANAGE, SYNC -> {}
    }
  }

  private static boolean isChange(Slot.Kind kind) {
    return switch (kind) {
      case APPEND, APPEND_ANY, WRITE, MANAGE, COPY -> true;
      case READ, SYNC -> false;
    };
  }

  private void beginCopy(Slot slot) {
    int bytes = 0;
    for (ZoneRange source : slot.sources) {
      ZoneFailure refusal = zones.readable(source.address(), blocks(source.bytes()));
      if (refusal != null) {
        slot.failure = refusal;
        return;
      }
      bytes += source.bytes();
    }
    if (slot.scratch.byteSize() == 0) {
      Arena arena = scratch;
      if (arena == null) {
        arena = Arena.ofShared();
        scratch = arena;
      }
      slot.scratch = arena.allocate(geometry.appendBytesMax(), geometry.blockBytes());
    }
    slot.data = slot.scratch.asSlice(0, bytes);
  }

  @Override
  public void send(Slot slot) {
    if (slot.failure == null) {
      switch (slot.kind) {
        case READ -> sendRead(slot, slot.address, slot.data);
        case SYNC -> sendSync(slot);
        case APPEND -> join(slot, ZoneTask.ANYWHERE, slot.zone);
        case WRITE -> join(slot, ZoneAddress.block(slot.address), ZoneAddress.zone(slot.address));
        case MANAGE -> manage(slot);
        case APPEND_ANY -> joinAny(slot);
        case COPY -> {
          if (slot.sourcesRead < slot.sources.size()) {
            ZoneRange source = slot.sources.get(slot.sourcesRead);
            sendRead(slot, source.address(), slot.data.asSlice(slot.bytesRead, source.bytes()));
          } else {
            join(slot, ZoneTask.ANYWHERE, slot.zone);
          }
        }
      }
    }
    if (slot.failure != null) {
      checkSent(ring.nop(0, slot.index));
    }
  }

  private static void checkSent(boolean sent) {
    if (!sent) {
      throw new AssertionError("a ring as deep as its queue is full");
    }
  }

  private void sendRead(Slot slot, long address, MemorySegment target) {
    RingFile file = zones.line(ZoneAddress.zone(address)).reader;
    if (file == null) {
      slot.failure = ZoneFailure.OFFLINE;
      return;
    }
    long offsetBytes = ZoneAddress.block(address) * geometry.blockBytes();
    checkSent(ring.read(file, offsetBytes, target, 0, slot.index));
  }

  private void sendSync(Slot slot) {
    RingFile file = zones.syncable(slot.zone == ZoneQueue.ALL_ZONES ? 0 : slot.zone, slot.retries);
    if (file == null) {
      slot.failure = ZoneFailure.READ_ONLY;
      return;
    }
    checkSent(ring.sync(file, 0, slot.index));
  }

  private ZoneTask newTask(Slot slot) {
    ZoneTask task = tasks[slot.index];
    task.clear();
    task.data = slot.data;
    task.blocks = blocks(slot.data.byteSize());
    return task;
  }

  private void submit(ZoneTask task) {
    task.isAway = true;
    ring.submit(task);
  }

  private void join(Slot slot, long block, int zone) {
    ZoneTask task = newTask(slot);
    task.block = block;
    task.zone = zone;
    submit(task);
  }

  private void manage(Slot slot) {
    ZoneTask task = newTask(slot);
    task.action = slot.action;
    task.zone = slot.zone;
    submit(task);
  }

  private void joinAny(Slot slot) {
    groupCursor = (groupCursor + 1) & Integer.MAX_VALUE;
    ZoneTask task = newTask(slot);
    task.group = slot.group;
    task.groupStart = groupCursor % slot.group.size();
    submit(task);
  }

  @Override
  public boolean arrived(Slot slot, int result, long detail) {
    ZoneTask task = tasks[slot.index];
    if (task.isAway) {
      task.isAway = false;
      slot.failure = task.failure;
      slot.landedAt = task.landedAt;
      return true;
    }
    if (result < 0 && slot.failure == null) {
      if (isWorthAnotherTry(slot, -result)) {
        slot.retries++;
        send(slot);
        return false;
      }
      slot.failure =
          slot.kind == Slot.Kind.SYNC ? ZonefsErrors.ofSync(-result) : ZonefsErrors.ofRead(-result);
    }
    if (slot.failure != null || slot.kind != Slot.Kind.COPY) {
      return true;
    }
    slot.bytesRead += slot.sources.get(slot.sourcesRead).bytes();
    slot.sourcesRead++;
    send(slot);
    return false;
  }

  /// A sync that one file refuses may be done by another.
  private static boolean isWorthAnotherTry(Slot slot, int errno) {
    boolean isRefusedSync = slot.kind == Slot.Kind.SYNC && errno == Errno.EPERM;
    return slot.retries < RETRIES_MAX && (isRefusedSync || Errno.isTransient(errno));
  }

  /// The ring was closed only after all tasks had come back.
  @Override
  public void abandon(Slot slot) {}

  /// Frees the memory of copies.
  @Override
  public void close() {
    Arena arena = scratch;
    if (arena != null) {
      arena.close();
    }
  }

  private long blocks(long bytes) {
    return bytes / geometry.blockBytes();
  }
}
