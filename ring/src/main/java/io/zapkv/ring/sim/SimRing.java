package io.zapkv.ring.sim;

import io.zapkv.ring.CompletionHandler;
import io.zapkv.ring.Errno;
import io.zapkv.ring.Ring;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.RingStats;
import io.zapkv.ring.op.Operation;
import io.zapkv.ring.op.Operation.Kind;
import io.zapkv.ring.op.Submissions;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// A ring in virtual time, where a seed decides when each operation has its effect and when it
/// completes.
///
/// ```
///   flush ──delay──► effect ──delay──► completion ready ──► poll
///                    bytes move here
/// ```
///
/// Bytes move at the moment of the effect, some time after the flush and before the completion. So
/// whoever changes a buffer too early sends the wrong bytes. The target of a read is filled with
/// `0xA5` first: whoever looks too early finds that. An operation in a chain starts when the one
/// before it completes.
///
/// **Threading.** One thread at a time, together with its clock, schedule and faults. Nothing
/// blocks: an await moves the clock to the next completion. A poll moves it by a microsecond, as
/// polling takes time; otherwise who only polls would wait for ever.
///
/// **Bounds.** As [Ring] says; each step looks at all that is in flight, so this is for tests.
public final class SimRing implements Ring {
  private static final long POLL_NANOS = 1_000;
  private static final byte POISON = (byte) 0xA5;

  private final SimClock clock;
  private final SimSchedule schedule;
  private final SimFaults faults;
  private final Submissions submissions;

  /// What is in flight, in no order; the first `inFlightCount` entries.
  private final InFlight[] inFlight;

  /// What waits for a poll, in the order of completion.
  private final int[] ready;

  private final InFlight[] bySlot;
  private int inFlightCount;
  private int readyHead;
  private int readyCount;
  private long started;

  /// The way of one operation through time; there is one for each slot.
  private static final class InFlight {
    final Operation operation;
    long dueNanos;
    long rank;
    boolean hadEffect;
    SimFaults.@Nullable Rule fault;

    InFlight(Operation operation) {
      this.operation = operation;
    }

    boolean isBefore(InFlight other) {
      return dueNanos < other.dueNanos || (dueNanos == other.dueNanos && rank < other.rank);
    }
  }

  /// Opens a ring in the time of `clock`.
  public SimRing(int capacity, SimClock clock, SimSchedule schedule, SimFaults faults) {
    this.clock = clock;
    this.schedule = schedule;
    this.faults = faults;
    submissions = new Submissions(capacity);
    inFlight = new InFlight[capacity];
    ready = new int[capacity];
    bySlot = new InFlight[capacity];
    for (int slot = 0; slot < capacity; slot++) {
      bySlot[slot] = new InFlight(submissions.at(slot));
    }
  }

  @Override
  public int capacity() {
    return submissions.capacity();
  }

  @Override
  public int outstanding() {
    return submissions.outstanding();
  }

  @Override
  public boolean read(
      RingFile file, long offsetBytes, MemorySegment target, int flags, long token) {
    return submissions.add(Kind.READ, file, offsetBytes, target, flags, token);
  }

  @Override
  public boolean write(
      RingFile file, long offsetBytes, MemorySegment source, int flags, long token) {
    return submissions.add(Kind.WRITE, file, offsetBytes, source, flags, token);
  }

  @Override
  public boolean writev(
      RingFile file, long offsetBytes, MemorySegment[] sources, int count, int flags, long token) {
    return submissions.addWritev(file, offsetBytes, sources, count, flags, token);
  }

  @Override
  public boolean command(
      RingFile file, int operation, MemorySegment command, int flags, long token) {
    return submissions.addCommand(file, operation, command, flags, token);
  }

  @Override
  public boolean sync(RingFile file, int flags, long token) {
    return submissions.add(Kind.SYNC, file, 0, MemorySegment.NULL, flags, token);
  }

  @Override
  public boolean nop(int flags, long token) {
    return submissions.addNop(flags, token);
  }

  @Override
  public int flush() {
    int operations = 0;
    for (Operation head = submissions.takeChain(); head != null; head = submissions.takeChain()) {
      for (Operation each = head; each != null; each = each.next()) {
        bySlot[each.slot()].fault = faults.count(each.kind());
        operations++;
      }
      start(head, clock.nanos());
    }
    return operations;
  }

  @Override
  public int poll(CompletionHandler handler, int limit) {
    submissions.beginDelivery();
    try {
      clock.advance(POLL_NANOS);
      while (stepUntil(clock.nanos())) {}
      return deliver(handler, limit);
    } finally {
      submissions.endDelivery();
    }
  }

  @Override
  public int await(CompletionHandler handler, int limit, long timeoutNanos) {
    submissions.beginDelivery();
    try {
      flush();
      if (limit > 0) {
        long until = timeoutNanos == FOREVER ? FOREVER : clock.nanos() + timeoutNanos;
        while (readyCount == 0 && stepUntil(until)) {}
        if (readyCount == 0 && submissions.outstanding() > 0 && until != FOREVER) {
          clock.advanceTo(until);
        }
      }
      return deliver(handler, limit);
    } finally {
      submissions.endDelivery();
    }
  }

  /// What has had its effect goes on.
  @Override
  public void cancel(long token) {
    submissions.cancel(token);
  }

  private int deliver(CompletionHandler handler, int limit) {
    int delivered = 0;
    for (; delivered < limit && readyCount > 0; delivered++) {
      int slot = ready[readyHead];
      readyHead = (readyHead + 1) % ready.length;
      readyCount--;
      submissions.deliver(submissions.at(slot), handler);
    }
    return delivered;
  }

  private void start(Operation operation, long nowNanos) {
    if (operation.kind() == Kind.READ
        && operation.buffer().isAccessibleBy(Thread.currentThread())
        && operation.buffer().scope().isAlive()) {
      operation.buffer().fill(POISON);
    }
    InFlight entry = bySlot[operation.slot()];
    entry.hadEffect = false;
    entry.dueNanos = nowNanos + schedule.drawDelayNanos();
    entry.rank = schedule.rank(started++);
    inFlight[inFlightCount++] = entry;
  }

  /// Takes the next step of the operation that is due first, if it is due by then.
  private boolean stepUntil(long momentNanos) {
    if (inFlightCount == 0) {
      return false;
    }
    int first = 0;
    for (int i = 1; i < inFlightCount; i++) {
      if (inFlight[i].isBefore(inFlight[first])) {
        first = i;
      }
    }
    InFlight entry = inFlight[first];
    if (entry.dueNanos > momentNanos) {
      return false;
    }
    clock.advanceTo(entry.dueNanos);
    if (entry.hadEffect) {
      inFlight[first] = inFlight[--inFlightCount];
      complete(entry.operation, entry.dueNanos);
    } else {
      entry.operation.finish(takeEffect(entry));
      entry.hadEffect = true;
      entry.dueNanos += schedule.drawDelayNanos();
    }
    return true;
  }

  private void complete(Operation operation, long nowNanos) {
    makeReady(operation);
    Operation following = operation.next();
    if (following == null) {
      return;
    }
    if (operation.result() >= 0) {
      start(following, nowNanos);
      return;
    }
    for (Operation each = following; each != null; each = each.next()) {
      each.finish(-Errno.ECANCELED);
      makeReady(each);
    }
  }

  private void makeReady(Operation operation) {
    ready[(readyHead + readyCount) % ready.length] = operation.slot();
    readyCount++;
  }

  private static int takeEffect(InFlight entry) {
    // A file channel dies of the interrupt of a thread inside it, and this one is the caller's.
    boolean interrupted = Thread.interrupted();
    try {
      return run(entry.operation, entry.fault);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static int run(Operation operation, SimFaults.@Nullable Rule fault) {
    long lengthBytes = operation.lengthBytes();
    if (fault == null) {
      return operation.run(lengthBytes);
    }
    boolean moves = lengthBytes > 0;
    switch (fault.moment()) {
      case BEFORE -> {}
      case HALFWAY -> {
        if (moves) {
          operation.run(lengthBytes / 2);
        }
      }
      case AFTER -> operation.run(lengthBytes);
    }
    return -fault.errno();
  }

  @Override
  public RingStats stats() {
    return submissions.stats();
  }

  @Override
  public void close() {
    if (!submissions.close()) {
      return;
    }
    while (stepUntil(Long.MAX_VALUE)) {}
    for (; readyCount > 0; readyCount--) {
      submissions.release(submissions.at(ready[readyHead]));
      readyHead = (readyHead + 1) % ready.length;
    }
  }
}
