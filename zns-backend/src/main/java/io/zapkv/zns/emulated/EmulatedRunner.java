package io.zapkv.zns.emulated;

import io.zapkv.ring.Errno;
import io.zapkv.ring.Ring;
import io.zapkv.ring.RingFile;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneRange;
import io.zapkv.zns.queue.OperationRunner;
import io.zapkv.zns.queue.Slot;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Carries the operations of one queue out: decides what becomes of each, and sends it by the ring.
///
/// **Threading.** Belongs to the queue's owner.
///
/// **Memory.** Allocates for copies only.
final class EmulatedRunner implements OperationRunner {
  /// A request that had no effect for a passing reason is sent again so many times.
  private static final int RETRIES_MAX = 16;

  private final Geometry geometry;
  private final EmulatedZones zones;
  private final ZoneStore store;
  private final Ring ring;
  private int groupCursor;
  private @Nullable Arena scratch;

  /// @param groupCursor where this queue begins to look in a group of zones (S2)
  EmulatedRunner(EmulatedZones zones, ZoneStore store, Ring ring, int groupCursor) {
    geometry = store.geometry();
    this.zones = zones;
    this.store = store;
    this.ring = ring;
    this.groupCursor = groupCursor;
  }

  /// Executes the operation as far as the zone's state goes; an append gets its address here.
  @Override
  public void decide(Slot slot) {
    if (slot.failure != null) {
      return;
    }
    if (store.isReadOnly() && isChange(slot.kind)) {
      slot.failure = ZoneFailure.READ_ONLY;
      return;
    }
    switch (slot.kind) {
      case APPEND -> append(slot, slot.data.byteSize());
      case APPEND_ANY -> appendAny(slot);
      case WRITE -> {
        if (prepare(slot, ZoneAddress.zone(slot.address))) {
          place(slot, zones.write(slot.address, blocks(slot.data.byteSize())));
        }
      }
      case READ -> slot.failure = zones.readable(slot.address, blocks(slot.data.byteSize()));
      case MANAGE -> manage(slot);
      case SYNC -> {}
      case COPY -> beginCopy(slot);
    }
  }

  private static boolean isChange(Slot.Kind kind) {
    return switch (kind) {
      case APPEND, APPEND_ANY, WRITE, MANAGE, COPY -> true;
      case READ, SYNC -> false;
    };
  }

  private void append(Slot slot, long bytes) {
    if (prepare(slot, slot.zone)) {
      place(slot, zones.append(slot.zone, blocks(bytes)));
    }
  }

  private void appendAny(Slot slot) {
    for (int i = 0; i < slot.group.size(); i++) {
      if (!prepare(slot, slot.group.zone(i))) {
        return;
      }
    }
    groupCursor = (groupCursor + 1) & Integer.MAX_VALUE;
    place(slot, zones.appendAny(slot.group, groupCursor, blocks(slot.data.byteSize())));
  }

  /// Where a file cannot be opened, nothing has been decided: the zone stays what it is.
  private boolean prepare(Slot slot, int zone) {
    int result = store.prepare(zone);
    if (result < 0) {
      slot.failure = Failures.ofWrite(-result);
    }
    return result >= 0;
  }

  private void place(Slot slot, long answer) {
    if (EmulatedZones.isRefused(answer)) {
      slot.failure = EmulatedZones.failure(answer);
    } else {
      slot.landedAt = answer;
      slot.inFlight = true;
    }
  }

  /// A zone whose blocks go back to the file system must not look empty, and be written to, before
  /// they have gone.
  private void manage(Slot slot) {
    if (discardOf(slot) != null) {
      zones.checkQuiet(slot.zone);
    } else {
      slot.failure = zones.manage(slot.action, slot.zone);
    }
  }

  private @Nullable RingFile discardOf(Slot slot) {
    return slot.action == ZoneAction.RESET ? store.discard(slot.zone) : null;
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
    if (!trySend(slot)) {
      throw new AssertionError("a ring as deep as its queue is full");
    }
  }

  private boolean trySend(Slot slot) {
    int token = slot.index;
    if (slot.failure != null) {
      return ring.nop(0, token);
    }
    return switch (slot.kind) {
      case APPEND, APPEND_ANY, WRITE -> sendWrite(slot);
      case READ -> ring.read(file(slot.address), offsetBytes(slot.address), slot.data, 0, token);
      case MANAGE -> {
        RingFile discard = discardOf(slot);
        yield discard == null ? ring.nop(0, token) : ring.sync(discard, 0, token);
      }
      case SYNC ->
          ring.sync(
              slot.zone == ZoneQueue.ALL_ZONES ? store.allZones() : store.zone(slot.zone),
              0,
              token);
      case COPY -> slot.sourcesRead < slot.sources.size() ? sendSource(slot) : sendWrite(slot);
    };
  }

  private boolean sendWrite(Slot slot) {
    return ring.write(file(slot.landedAt), offsetBytes(slot.landedAt), slot.data, 0, slot.index);
  }

  private boolean sendSource(Slot slot) {
    ZoneRange source = slot.sources.get(slot.sourcesRead);
    MemorySegment target = slot.data.asSlice(slot.bytesRead, source.bytes());
    return ring.read(file(source.address()), offsetBytes(source.address()), target, 0, slot.index);
  }

  @Override
  public boolean arrived(Slot slot, int result, long detail) {
    if (result < 0 && slot.failure == null) {
      if (Errno.isTransient(-result) && slot.retries < RETRIES_MAX) {
        slot.retries++;
        send(slot);
        return false;
      }
      slot.failure = isReading(slot) ? Failures.ofRead(-result) : Failures.ofWrite(-result);
    }
    if (slot.inFlight) {
      abandon(slot);
      return true;
    }
    if (slot.failure != null) {
      return true;
    }
    return switch (slot.kind) {
      case APPEND, APPEND_ANY, WRITE, READ, SYNC -> true;
      case MANAGE -> {
        if (discardOf(slot) != null) {
          slot.failure = zones.manage(slot.action, slot.zone);
          zones.discarded(slot.zone);
        }
        yield true;
      }
      case COPY -> {
        continueCopy(slot);
        yield false;
      }
    };
  }

  private static boolean isReading(Slot slot) {
    return switch (slot.kind) {
      case READ -> true;
      case COPY -> slot.sourcesRead < slot.sources.size();
      case APPEND, APPEND_ANY, WRITE, MANAGE, SYNC -> false;
    };
  }

  private void continueCopy(Slot slot) {
    slot.bytesRead += slot.sources.get(slot.sourcesRead).bytes();
    slot.sourcesRead++;
    if (slot.sourcesRead == slot.sources.size()) {
      append(slot, slot.bytesRead);
    }
    send(slot);
  }

  /// The write of a slot is no longer on its way.
  @Override
  public void abandon(Slot slot) {
    if (slot.inFlight) {
      slot.inFlight = false;
      zones.landed(ZoneAddress.zone(slot.landedAt));
    }
  }

  /// Frees the memory of copies.
  @Override
  public void close() {
    Arena arena = scratch;
    if (arena != null) {
      arena.close();
    }
  }

  private RingFile file(long address) {
    return store.zone(ZoneAddress.zone(address));
  }

  private long offsetBytes(long address) {
    return ZoneAddress.block(address) * geometry.blockBytes();
  }

  private long blocks(long bytes) {
    return bytes / geometry.blockBytes();
  }
}
