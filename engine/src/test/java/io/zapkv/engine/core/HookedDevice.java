package io.zapkv.engine.core;

import io.zapkv.zns.DeviceStats;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.StagingStore;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneGroup;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneRange;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZonedDevice;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// A device that asks a test before each append, which may take time or throw.
///
/// @param beforeAppend told how many bytes, on the thread that appends
record HookedDevice(ZonedDevice device, LongConsumer beforeAppend) implements ZonedDevice {
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
    return new Queue(device.openQueue(depth), beforeAppend);
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

  private record Queue(ZoneQueue queue, LongConsumer beforeAppend) implements ZoneQueue {
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
      beforeAppend.accept(data.byteSize());
      return queue.append(zone, data, flags, token);
    }

    @Override
    public boolean append(ZoneGroup group, MemorySegment data, int flags, long token) {
      beforeAppend.accept(data.byteSize());
      return queue.append(group, data, flags, token);
    }

    @Override
    public boolean write(long address, MemorySegment data, int flags, long token) {
      return queue.write(address, data, flags, token);
    }

    @Override
    public boolean read(long address, MemorySegment target, int flags, long token) {
      return queue.read(address, target, flags, token);
    }

    @Override
    public boolean manage(ZoneAction action, int zone, int flags, long token) {
      return queue.manage(action, zone, flags, token);
    }

    @Override
    public boolean sync(int zone, int flags, long token) {
      return queue.sync(zone, flags, token);
    }

    @Override
    public boolean copy(List<ZoneRange> sources, int destinationZone, int flags, long token) {
      return queue.copy(sources, destinationZone, flags, token);
    }

    @Override
    public void flush() {
      queue.flush();
    }

    @Override
    public int poll(ZoneHandler handler, int limit) {
      return queue.poll(handler, limit);
    }

    @Override
    public int await(ZoneHandler handler, int limit) {
      return queue.await(handler, limit);
    }

    @Override
    public void close() {
      queue.close();
    }
  }
}
