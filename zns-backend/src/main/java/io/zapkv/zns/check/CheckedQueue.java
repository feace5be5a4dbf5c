package io.zapkv.zns.check;

import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneGroup;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneRange;
import io.zapkv.zns.wrap.TokenTable;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A queue that compares each completion with what was asked.
///
/// **Threading.** As [ZoneQueue] says.
final class CheckedQueue implements ZoneQueue {
  /// What was asked, as far as the completion can be held to it.
  private sealed interface Asked {
    /// An append or a copy: it may land in one of these zones.
    record Landing(ZoneGroup zones, long bytes) implements Asked {}

    record Write(long address, long bytes) implements Asked {}

    record Read(long bytes) implements Asked {}

    record Reset(int zone) implements Asked {}

    record Other() implements Asked {}
  }

  private static final Asked OTHER = new Asked.Other();

  private final CheckedDevice device;
  private final ZoneQueue queue;
  private final WrittenRanges ranges;
  private final TokenTable<Asked> tokens = new TokenTable<>();

  CheckedQueue(CheckedDevice device, ZoneQueue queue, WrittenRanges ranges) {
    this.device = device;
    this.queue = queue;
    this.ranges = ranges;
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
    int index = tokens.add(token, new Asked.Landing(ZoneGroup.of(zone), data.byteSize()));
    return kept(index, queue.append(zone, data, flags, index));
  }

  @Override
  public boolean append(ZoneGroup group, MemorySegment data, int flags, long token) {
    int index = tokens.add(token, new Asked.Landing(group, data.byteSize()));
    return kept(index, queue.append(group, data, flags, index));
  }

  @Override
  public boolean write(long address, MemorySegment data, int flags, long token) {
    int index = tokens.add(token, new Asked.Write(address, data.byteSize()));
    return kept(index, queue.write(address, data, flags, index));
  }

  @Override
  public boolean read(long address, MemorySegment target, int flags, long token) {
    int index = tokens.add(token, new Asked.Read(target.byteSize()));
    return kept(index, queue.read(address, target, flags, index));
  }

  @Override
  public boolean manage(ZoneAction action, int zone, int flags, long token) {
    int index = tokens.add(token, action == ZoneAction.RESET ? new Asked.Reset(zone) : OTHER);
    return kept(index, queue.manage(action, zone, flags, index));
  }

  @Override
  public boolean sync(int zone, int flags, long token) {
    int index = tokens.add(token, OTHER);
    return kept(index, queue.sync(zone, flags, index));
  }

  @Override
  public boolean copy(List<ZoneRange> sources, int destinationZone, int flags, long token) {
    long bytes = 0;
    for (ZoneRange source : sources) {
      bytes += source.bytes();
    }
    int index = tokens.add(token, new Asked.Landing(ZoneGroup.of(destinationZone), bytes));
    return kept(index, queue.copy(sources, destinationZone, flags, index));
  }

  private boolean kept(int index, boolean taken) {
    if (!taken) {
      tokens.remove(index);
    }
    return taken;
  }

  @Override
  public void flush() {
    queue.flush();
  }

  @Override
  public int poll(ZoneHandler handler, int limit) {
    return queue.poll(new Checking(handler), limit);
  }

  @Override
  public int await(ZoneHandler handler, int limit) {
    return queue.await(new Checking(handler), limit);
  }

  @Override
  public boolean isLost() {
    return queue.isLost();
  }

  @Override
  public void close() {
    queue.close();
    device.closed(this);
  }

  private final class Checking implements ZoneHandler {
    private final ZoneHandler handler;

    Checking(ZoneHandler handler) {
      this.handler = handler;
    }

    @Override
    public void onDone(long index, int bytes, long address) {
      Asked asked = tokens.note(index);
      long token = take(index);
      switch (asked) {
        case Asked.Landing(ZoneGroup zones, long askedBytes) -> {
          check(bytes == askedBytes, "an append was short (A2)");
          check(isIn(zones, address), "an append landed in no zone that was asked for");
          ranges.add(address, bytes, device.report(ZoneAddress.zone(address)));
        }
        case Asked.Write(long itsAddress, long askedBytes) -> {
          check(bytes == askedBytes, "a write was short (A2)");
          check(address == ZoneAddress.NONE, "a write answered with an address");
          ranges.add(itsAddress, bytes, device.report(ZoneAddress.zone(itsAddress)));
        }
        case Asked.Read(long askedBytes) -> {
          check(bytes == askedBytes, "a read was short");
          check(address == ZoneAddress.NONE, "a read answered with an address");
        }
        case Asked.Reset(int zone) -> ranges.reset(zone);
        case Asked.Other _ -> check(address == ZoneAddress.NONE, "an address nobody asked for");
      }
      handler.onDone(token, bytes, address);
    }

    @Override
    public void onFailed(long index, ZoneFailure failure) {
      handler.onFailed(take(index), failure);
    }

    private long take(long index) {
      long token = tokens.token(index);
      tokens.remove(index);
      return token;
    }

    private boolean isIn(ZoneGroup zones, long address) {
      for (int i = 0; i < zones.size(); i++) {
        if (address != ZoneAddress.NONE && zones.zone(i) == ZoneAddress.zone(address)) {
          return true;
        }
      }
      return false;
    }

    private void check(boolean ok, String what) {
      if (!ok) {
        throw new AssertionError(what);
      }
    }
  }
}
