package io.zapkv.compat;

import io.zapkv.zns.DeviceStats;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.StagingStore;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneGroup;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneRange;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZonedDevice;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A device at whose operations the process may end, see [HaltPoint].
record HaltingDevice(ZonedDevice device, HaltPoint point) implements ZonedDevice {
  private static final int METADATA_ZONES = 2;

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
    return new Queue(device.openQueue(depth), point);
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

  @Override
  public void close() {
    device.close();
  }

  private static final class Queue implements ZoneQueue {
    private final ZoneQueue queue;
    private final HaltPoint point;
    private final Map<Long, Pending> pending = new HashMap<>();
    private long nextId;

    private record Pending(long token, HaltPoint.@Nullable Name after) {}

    private interface Submission {
      boolean submit(long id);
    }

    Queue(ZoneQueue queue, HaltPoint point) {
      this.queue = queue;
      this.point = point;
    }

    private boolean pass(
        HaltPoint.@Nullable Name before,
        HaltPoint.@Nullable Name after,
        long token,
        Submission submission) {
      if (before != null) {
        point.pass(before);
      }
      long id = nextId++;
      pending.put(id, new Pending(token, after));
      boolean taken = submission.submit(id);
      if (!taken) {
        pending.remove(id);
      }
      return taken;
    }

    @Override
    public int depth() {
      return queue.depth();
    }

    @Override
    public int outstanding() {
      return queue.outstanding();
    }

    @Override
    public boolean append(int zone, MemorySegment data, int flags, long token) {
      boolean isJournal = zone < METADATA_ZONES;
      return pass(
          isJournal ? HaltPoint.Name.JOURNAL : HaltPoint.Name.APPEND,
          isJournal ? HaltPoint.Name.JOURNALED : HaltPoint.Name.APPENDED,
          token,
          id -> queue.append(zone, data, flags, id));
    }

    @Override
    public boolean append(ZoneGroup group, MemorySegment data, int flags, long token) {
      return pass(null, null, token, id -> queue.append(group, data, flags, id));
    }

    @Override
    public boolean write(long address, MemorySegment data, int flags, long token) {
      return pass(null, null, token, id -> queue.write(address, data, flags, id));
    }

    @Override
    public boolean read(long address, MemorySegment target, int flags, long token) {
      return pass(null, null, token, id -> queue.read(address, target, flags, id));
    }

    @Override
    public boolean manage(ZoneAction action, int zone, int flags, long token) {
      boolean resets = action == ZoneAction.RESET;
      return pass(
          resets ? HaltPoint.Name.RESET : null,
          resets ? HaltPoint.Name.EMPTIED : null,
          token,
          id -> queue.manage(action, zone, flags, id));
    }

    @Override
    public boolean sync(int zone, int flags, long token) {
      return pass(
          HaltPoint.Name.SYNC, HaltPoint.Name.SYNCED, token, id -> queue.sync(zone, flags, id));
    }

    @Override
    public boolean copy(List<ZoneRange> sources, int destinationZone, int flags, long token) {
      return pass(null, null, token, id -> queue.copy(sources, destinationZone, flags, id));
    }

    @Override
    public void flush() {
      queue.flush();
    }

    @Override
    public int poll(ZoneHandler handler, int limit) {
      return queue.poll(new Telling(handler), limit);
    }

    @Override
    public int await(ZoneHandler handler, int limit) {
      return queue.await(new Telling(handler), limit);
    }

    @Override
    public boolean isLost() {
      return queue.isLost();
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

      private long told(long id) {
        Pending each = pending.remove(id);
        if (each == null) {
          throw new AssertionError("a completion of nothing");
        }
        if (each.after() != null) {
          point.pass(each.after());
        }
        return each.token();
      }

      @Override
      public void onDone(long id, int bytes, long address) {
        handler.onDone(told(id), bytes, address);
      }

      @Override
      public void onFailed(long id, ZoneFailure failure) {
        handler.onFailed(told(id), failure);
      }
    }
  }
}
