package io.zapkv.zns.fault;

import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneGroup;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneRange;
import io.zapkv.zns.wrap.TokenTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A queue that lets operations fail by plan.
///
/// An operation that is to fail is replaced by one that surely does, a read at a zone's end; one
/// that is to fail after its effect has such a read chained behind it. So the wrapped queue itself
/// cancels what the caller has chained to it (A8).
///
/// **Threading.** As [ZoneQueue] says.
final class FaultyQueue implements ZoneQueue {
  private static final int NO_ZONE = -2;

  /// What is to become of a completion of the wrapped queue.
  private sealed interface Note {
    /// It is told as it is.
    record Plain() implements Note {}

    /// It fails, and is told as another failure; where it was canceled, as canceled.
    record Failing(ZoneFailure failure) implements Note {}

    /// It is followed by a failing one, and told only where it failed itself.
    record Followed() implements Note {}

    /// The one that follows.
    record Following(ZoneFailure failure) implements Note {}

    /// It is told with a wrong address.
    record Lying() implements Note {}
  }

  private static final Note PLAIN = new Note.Plain();

  /// Passes an operation on with the flags and token it is given.
  private interface Passing {
    boolean pass(int flags, long token);
  }

  private final ZoneQueue queue;
  private final int depth;
  private final FaultPlan plan;
  private final TokenTable<Note> tokens = new TokenTable<>();
  private final Arena arena = Arena.ofShared();
  private final MemorySegment scratch;
  private final long nowhere;
  private int outstanding;
  private boolean closed;

  FaultyQueue(ZoneQueue queue, int depth, Geometry geometry, FaultPlan plan) {
    this.queue = queue;
    this.depth = depth;
    this.plan = plan;
    scratch = arena.allocate(geometry.blockBytes(), geometry.blockBytes());
    nowhere = ZoneAddress.of(0, geometry.zoneCapacityBlocks());
  }

  @Override
  public int depth() {
    return depth;
  }

  @Override
  public int outstanding() {
    return outstanding;
  }

  @Override
  public boolean append(int zone, MemorySegment data, int flags, long token) {
    return submit(
        FaultOperation.APPEND,
        zone,
        flags,
        token,
        (itsFlags, itsToken) -> queue.append(zone, data, itsFlags, itsToken));
  }

  @Override
  public boolean append(ZoneGroup group, MemorySegment data, int flags, long token) {
    return submit(
        FaultOperation.APPEND,
        NO_ZONE,
        flags,
        token,
        (itsFlags, itsToken) -> queue.append(group, data, itsFlags, itsToken));
  }

  @Override
  public boolean write(long address, MemorySegment data, int flags, long token) {
    return submit(
        FaultOperation.WRITE,
        ZoneAddress.zone(address),
        flags,
        token,
        (itsFlags, itsToken) -> queue.write(address, data, itsFlags, itsToken));
  }

  @Override
  public boolean read(long address, MemorySegment target, int flags, long token) {
    return submit(
        FaultOperation.READ,
        ZoneAddress.zone(address),
        flags,
        token,
        (itsFlags, itsToken) -> queue.read(address, target, itsFlags, itsToken));
  }

  @Override
  public boolean manage(ZoneAction action, int zone, int flags, long token) {
    return submit(
        FaultOperation.of(action),
        zone,
        flags,
        token,
        (itsFlags, itsToken) -> queue.manage(action, zone, itsFlags, itsToken));
  }

  @Override
  public boolean sync(int zone, int flags, long token) {
    return submit(
        FaultOperation.SYNC,
        zone == ALL_ZONES ? NO_ZONE : zone,
        flags,
        token,
        (itsFlags, itsToken) -> queue.sync(zone, itsFlags, itsToken));
  }

  @Override
  public boolean copy(List<ZoneRange> sources, int destinationZone, int flags, long token) {
    return submit(
        FaultOperation.COPY,
        destinationZone,
        flags,
        token,
        (itsFlags, itsToken) -> queue.copy(sources, destinationZone, itsFlags, itsToken));
  }

  private boolean submit(
      FaultOperation operation, int zone, int flags, long token, Passing passing) {
    if (outstanding == depth) {
      return false;
    }
    switch (plan.next(operation, zone)) {
      case FaultEffect.None _ -> pass(passing, flags, token, PLAIN);
      case FaultEffect.Lie _ -> pass(passing, flags, token, new Note.Lying());
      case FaultEffect.Fail(ZoneFailure failure, boolean after) -> {
        if (after) {
          pass(passing, LINK, token, new Note.Followed());
        }
        Note note = after ? new Note.Following(failure) : new Note.Failing(failure);
        pass(this::failForSure, flags, token, note);
      }
    }
    outstanding++;
    return true;
  }

  private boolean failForSure(int flags, long token) {
    return queue.read(nowhere, scratch, flags, token);
  }

  private void pass(Passing passing, int flags, long token, Note note) {
    int index = tokens.add(token, note);
    boolean taken = false;
    try {
      taken = passing.pass(flags, index);
    } finally {
      if (!taken) {
        tokens.remove(index);
      }
    }
    if (!taken) {
      throw new AssertionError("a queue twice as deep is full");
    }
  }

  @Override
  public void flush() {
    queue.flush();
  }

  @Override
  public int poll(ZoneHandler handler, int limit) {
    Telling telling = new Telling(handler);
    int arrivals = 1;
    while (arrivals > 0 && telling.told < limit) {
      arrivals = queue.poll(telling, limit - telling.told);
    }
    return telling.told;
  }

  @Override
  public int await(ZoneHandler handler, int limit) {
    Telling telling = new Telling(handler);
    while (outstanding > 0 && limit > 0 && telling.told == 0) {
      queue.await(telling, limit);
    }
    return telling.told;
  }

  @Override
  public boolean isLost() {
    return queue.isLost();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      queue.close();
      arena.close();
    }
  }

  /// Tells the caller what the rules have made of a completion.
  private final class Telling implements ZoneHandler {
    private final ZoneHandler handler;
    private int told;

    Telling(ZoneHandler handler) {
      this.handler = handler;
    }

    @Override
    public void onDone(long index, int bytes, long address) {
      Note note = tokens.note(index);
      long token = take(index);
      switch (note) {
        case Note.Plain _ -> tellDone(token, bytes, address);
        case Note.Lying _ -> tellDone(token, bytes, wrong(address));
        case Note.Followed _ -> {}
        case Note.Failing _, Note.Following _ ->
            throw new AssertionError("a read at a zone's end has succeeded");
      }
    }

    @Override
    public void onFailed(long index, ZoneFailure failure) {
      Note note = tokens.note(index);
      long token = take(index);
      boolean canceled = failure == ZoneFailure.CANCELED;
      switch (note) {
        case Note.Plain _, Note.Lying _, Note.Followed _ -> tellFailed(token, failure);
        case Note.Failing(ZoneFailure planned) -> tellFailed(token, canceled ? failure : planned);
        case Note.Following(ZoneFailure planned) -> {
          // Where it was canceled, the one before it has failed by itself and was told.
          if (!canceled) {
            tellFailed(token, planned);
          }
        }
      }
    }

    private long take(long index) {
      long token = tokens.token(index);
      tokens.remove(index);
      return token;
    }

    private void tellDone(long token, int bytes, long address) {
      told++;
      outstanding--;
      handler.onDone(token, bytes, address);
    }

    private void tellFailed(long token, ZoneFailure failure) {
      told++;
      outstanding--;
      handler.onFailed(token, failure);
    }

    /// The zone's start, where something else lies; or the block after it.
    private long wrong(long address) {
      int zone = ZoneAddress.zone(address);
      return ZoneAddress.of(zone, ZoneAddress.block(address) == 0 ? 1 : 0);
    }
  }
}
