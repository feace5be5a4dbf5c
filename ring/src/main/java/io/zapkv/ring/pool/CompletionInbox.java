package io.zapkv.ring.pool;

import io.zapkv.ring.Clock;
import io.zapkv.ring.Ring;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A bounded queue of slot numbers from many producers to one consumer.
///
/// ```
///   producers: claim a place (tail) ──► publish slot+1 in it ──► wake the consumer, if it waits
///   consumer:  place at head empty? wait : take, empty the place, head+1
/// ```
///
/// **Threading.** Any thread puts; one thread at a time takes and waits.
///
/// **Memory.** Allocates nothing after construction.
///
/// **Bounds.** Never full, because a ring has at most as many operations as there are places here;
/// that is checked, not hoped for.
final class CompletionInbox {
  /// What [#take] answers where nothing has arrived.
  static final int EMPTY = -1;

  /// That of the machine, because parking keeps to it.
  private static final Clock CLOCK = Clock.system();

  private static final VarHandle PLACE = MethodHandles.arrayElementVarHandle(int[].class);
  private static final VarHandle TAIL;

  static {
    try {
      TAIL = MethodHandles.lookup().findVarHandle(CompletionInbox.class, "tail", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /// Zero where empty, otherwise a slot number plus one.
  private final int[] places;

  private final int mask;
  private int head;

  @SuppressWarnings("unused") // by TAIL
  private int tail;

  private volatile @Nullable Thread waiter;

  CompletionInbox(int capacity) {
    int size = Integer.highestOneBit(Math.max(1, capacity - 1)) << 1;
    places = new int[size];
    mask = size - 1;
  }

  /// Adds the slot of a finished operation.
  void put(int slot) {
    int at = (int) TAIL.getAndAdd(this, 1) & mask;
    if ((int) PLACE.getAcquire(places, at) != 0) {
      throw new AssertionError("more completions than the ring has slots");
    }
    // Volatile, not release: this store and the load of the waiter must not change places, as the
    // store of the waiter and the load of the place in awaitNotEmpty must not. One side sees the
    // other, or a consumer would park beside a completion.
    PLACE.setVolatile(places, at, slot + 1);
    Thread waiting = waiter;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }

  /// Takes the oldest slot, or answers [#EMPTY].
  int take() {
    int at = head & mask;
    int entry = (int) PLACE.getAcquire(places, at);
    if (entry == 0) {
      return EMPTY;
    }
    // Plain is enough: a ring has no more operations than there are places, so before this place
    // comes round, one submitted after this take has been put. Its way to a worker, and the tail
    // that the producers pass on, order the two.
    PLACE.set(places, at, 0);
    head++;
    return entry - 1;
  }

  /// Parks until [#take] has something to give, or until that time is over. Keeps the thread's
  /// interrupt status.
  void awaitNotEmpty(long timeoutNanos) {
    int at = head & mask;
    if ((int) PLACE.getAcquire(places, at) != 0) {
      return;
    }
    boolean interrupted = false;
    long begunNanos = CLOCK.nanos();
    long leftNanos = timeoutNanos;
    waiter = Thread.currentThread();
    while (leftNanos > 0 && (int) PLACE.getVolatile(places, at) == 0) {
      if (timeoutNanos == Ring.FOREVER) {
        LockSupport.park(this); // a virtual thread pays for a timer
      } else {
        LockSupport.parkNanos(this, leftNanos);
        leftNanos = timeoutNanos - (CLOCK.nanos() - begunNanos);
      }
      // An interrupted thread does not park: take the mark away and put it back at the end.
      interrupted |= Thread.interrupted();
    }
    waiter = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
