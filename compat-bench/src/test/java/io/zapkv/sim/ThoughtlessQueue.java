package io.zapkv.sim;

import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneGroup;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneRange;
import io.zapkv.zns.ZonedDevice;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A queue that makes one mistake, as an engine would make it.
final class ThoughtlessQueue implements ZoneQueue {
  enum Mistake {
    /// The buffer is used for something else as soon as it was submitted.
    BUFFER_REUSED,
    /// A failed append is taken for one that landed at the pointer.
    FAILURE_INDEXED,
    /// Half of the append is written, and nobody looks how much it was.
    SHORT_WRITE
  }

  private record Sent(int zone, int bytes, long pointer) {}

  private final ZonedDevice device;
  private final ZoneQueue queue;
  private final Mistake mistake;
  private final Map<Long, Sent> appends = new HashMap<>();

  ThoughtlessQueue(ZonedDevice device, ZoneQueue queue, Mistake mistake) {
    this.device = device;
    this.queue = queue;
    this.mistake = mistake;
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
    long block = device.geometry().blockBytes();
    long blocks = data.byteSize() / block;
    boolean halves = mistake == Mistake.SHORT_WRITE && blocks > 1;
    MemorySegment sent = halves ? data.asSlice(0, blocks / 2 * block) : data;
    long pointer = device.report(zone).writePointerBlocks();
    boolean taken = queue.append(zone, sent, flags, token);
    if (taken) {
      appends.put(token, new Sent(zone, (int) data.byteSize(), Math.max(0, pointer)));
      if (mistake == Mistake.BUFFER_REUSED) {
        data.asSlice(data.byteSize() / 2).fill((byte) 0x11);
      }
    }
    return taken;
  }

  @Override
  public boolean append(ZoneGroup group, MemorySegment data, int flags, long token) {
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
    return queue.poll(new Telling(handler), limit);
  }

  @Override
  public int await(ZoneHandler handler, int limit) {
    return queue.await(new Telling(handler), limit);
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
    public void onDone(long token, int bytes, long address) {
      Sent sent = appends.remove(token);
      handler.onDone(token, sent == null ? bytes : sent.bytes(), address);
    }

    @Override
    public void onFailed(long token, ZoneFailure failure) {
      Sent sent = appends.remove(token);
      if (sent != null && mistake == Mistake.FAILURE_INDEXED) {
        handler.onDone(token, sent.bytes(), ZoneAddress.of(sent.zone(), sent.pointer()));
      } else {
        handler.onFailed(token, failure);
      }
    }
  }
}
