package io.zapkv.ring.uring;

import io.zapkv.ring.CompletionHandler;
import io.zapkv.ring.Errno;
import io.zapkv.ring.Ring;
import io.zapkv.ring.RingException;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.RingOptions;
import io.zapkv.ring.RingStats;
import io.zapkv.ring.op.Operation;
import io.zapkv.ring.op.Operation.Kind;
import io.zapkv.ring.op.Submissions;
import io.zapkv.ring.sys.LinuxUringCalls;
import io.zapkv.ring.sys.NativeAccess;
import io.zapkv.ring.sys.UringCalls;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A ring that the kernel runs.
///
/// ```
///   read, write … ─► Submissions ─► flush: EntryWriter ─► SubmissionQueue ─► RingDoor (enter)
///                                     │ what the kernel cannot do:              │
///                                     ▼ the file's methods, here                ▼
///   onCompletion ◄─── poll ◄─────── ready ◄────────────────────────────── CompletionQueue
/// ```
///
/// A chain goes to the kernel as linked entries. Its members that the kernel cannot do, and those
/// behind a command (whose positive status the kernel takes for success), wait here until the one
/// before them has completed. A transfer that came back short breaks the kernel's link (A8 would be
/// kept, A2 would not): so what it cancelled is put back, and the chain goes on from the rest of
/// that transfer.
///
/// **Threading.** As [Ring] says. A thread that ends while operations that it flushed are in flight
/// makes the kernel cancel some of them; reads, writes and syncs are then submitted again. Waiting
/// blocks in the kernel, and an interrupt does not reach there.
///
/// **Memory.** Buffers are native memory, confined ones too; another kind fails with `EFAULT`.
/// Allocates when it is opened; afterwards nothing for each operation.
///
/// **Bounds.** As [Ring] says: the completion queue has a place for each slot, so that it cannot
/// overflow. Should it do so, the kernel keeps what finds no room and says so; a poll or a wait
/// then has it posted. What the kernel had no memory to keep, it counts, and the ring is poisoned.
///
/// **Failures.** Where the kernel refuses the ring itself, every method throws the same
/// [RingException] from then on. [#close] then leaves everything mapped that the kernel may still
/// write to, and so must the caller leave the buffers of what was outstanding.
public final class UringRing implements Ring {
  private static final System.Logger LOG = System.getLogger(UringRing.class.getName());

  /// How often an operation is submitted again that the kernel gave up for no fault of its own.
  private static final int AGAIN_MAX = 16;

  private static final long DRAIN_STEP_NANOS = 100_000_000;

  /// Steps without a completion before a close cancels, and as many again before it gives up.
  private static final int DRAIN_STEPS = 300;

  private final UringSetup setup;
  private final boolean polled;
  private final int drainSteps;
  private final Submissions submissions;
  private final SubmissionQueue queue;
  private final CompletionQueue completions;
  private final Registrations registrations;
  private final EntryWriter writer;
  private final RingDoor door;
  private final CompletionQueue.Arrivals arrivals = this::arrived;

  /// What is in the kernel, or staged for it, by slot.
  private final boolean[] away;

  /// Whose next one in the chain went to the kernel with it.
  private final boolean[] linked;

  /// Which operation, as slot plus one, starts again when this one has come back cancelled.
  private final int[] startsAgain;

  /// Whose cancellation is due to the failure of one before it.
  private final boolean[] doomed;

  private final int[] moved;
  private final int[] again;
  private int awayCount;

  /// What waits for a delivery, in the order of completion.
  private final int[] ready;

  private int readyHead;
  private int readyCount;

  /// Heads of chains that may block here, and so go after what the kernel does meanwhile.
  private final int[] blocking;

  private int blockingCount;

  private UringRing(RingOptions options, UringCalls calls, int drainSteps) {
    int capacity = options.capacity();
    polled = options.polled();
    this.drainSteps = drainSteps;
    submissions = new Submissions(capacity);
    away = new boolean[capacity];
    linked = new boolean[capacity];
    startsAgain = new int[capacity];
    doomed = new boolean[capacity];
    moved = new int[capacity];
    again = new int[capacity];
    ready = new int[capacity];
    blocking = new int[capacity];
    setup = UringSetup.open(options, calls);
    queue = setup.submissionQueue();
    completions = setup.completionQueue();
    registrations = new Registrations(calls, setup.fd());
    writer = new EntryWriter(queue, registrations, setup.vectors(), options.commands(), polled);
    door = new RingDoor(calls, setup.fd(), queue);
  }

  /// Opens a ring.
  ///
  /// @throws RingException where io_uring is not to be had, with the cause and the cure
  public static UringRing open(RingOptions options) {
    String refusal = NativeAccess.refusal();
    if (refusal != null) {
      throw new RingException("io_uring cannot be called", 0, refusal);
    }
    return open(options, new LinuxUringCalls(), DRAIN_STEPS);
  }

  /// @param drainSteps tenths of a second without a completion before a close cancels
  static UringRing open(RingOptions options, UringCalls calls, int drainSteps) {
    return new UringRing(options, calls, drainSteps);
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
  public boolean registerFile(RingFile file) {
    return registrations.add(file);
  }

  @Override
  public boolean registerBuffers(MemorySegment slab) {
    return registrations.addSlab(slab);
  }

  @Override
  public int flush() {
    door.checkSound();
    int operations = stage();
    if (queue.waiting() > 0) {
      submit();
    }
    return operations;
  }

  /// Turns the queue into entries; what may block is done here, after the kernel has got its work.
  private int stage() {
    int operations = 0;
    for (Operation head = submissions.takeChain(); head != null; head = submissions.takeChain()) {
      for (Operation each = head; each != null; each = each.next()) {
        moved[each.slot()] = 0;
        again[each.slot()] = 0;
        doomed[each.slot()] = false;
        startsAgain[each.slot()] = 0;
        operations++;
      }
      if (head.file().isMemory() || writer.canWrite(head)) {
        start(head);
      } else {
        blocking[blockingCount++] = head.slot();
      }
    }
    if (blockingCount > 0) {
      submit();
      int count = blockingCount;
      blockingCount = 0;
      for (int i = 0; i < count; i++) {
        start(submissions.at(blocking[i]));
      }
    }
    return operations;
  }

  /// Starts a chain at one of its operations: does what has to be done here, and stages the first
  /// part that the kernel can do as a whole.
  private void start(Operation first) {
    for (Operation each = first; each != null; each = each.next()) {
      if (writer.canWrite(each)) {
        stageLinked(each);
        return;
      }
      int result = each.run(each.lengthBytes());
      each.finish(result);
      makeReady(each);
      if (result < 0) {
        cancel(each.next());
        return;
      }
    }
  }

  private void stageLinked(Operation first) {
    for (Operation each = first; each != null; ) {
      Operation next = each.next();
      boolean withNext = next != null && each.kind() != Kind.COMMAND && writer.canWrite(next);
      int slot = each.slot();
      linked[slot] = withNext;
      away[slot] = true;
      awayCount++;
      writer.write(each, moved[slot], withNext);
      each = withNext ? next : null;
    }
  }

  private void cancel(@Nullable Operation first) {
    for (Operation each = first; each != null; each = each.next()) {
      each.finish(-Errno.ECANCELED);
      makeReady(each);
    }
  }

  private void makeReady(Operation operation) {
    int at = readyHead + readyCount;
    ready[at < ready.length ? at : at - ready.length] = operation.slot();
    readyCount++;
  }

  private boolean submit() {
    boolean taken = door.submit();
    mendCutChain();
    return taken;
  }

  /// The kernel may take fewer entries than it was given. Where that cuts a chain in two, it would
  /// run the second half whatever became of the first: so that half waits here instead.
  private void mendCutChain() {
    if (queue.waiting() == 0 || !queue.isChainCut()) {
      return;
    }
    Operation last = submissions.at(queue.lastTakenSlot());
    int withdrawn = 0;
    for (Operation each = last; linked[each.slot()]; ) {
      linked[each.slot()] = false;
      each = Objects.requireNonNull(each.next(), "a link to nothing");
      away[each.slot()] = false;
      awayCount--;
      withdrawn++;
    }
    queue.withdraw(withdrawn);
  }

  /// Takes what has completed; answers how much that was. That something is missing shows only
  /// where nothing comes.
  private int takeArrivals() {
    int count = completions.take(arrivals);
    if (count == 0 && completions.dropped() != 0) {
      throw door.poison(UringProbe.dropped(completions.dropped()));
    }
    return count;
  }

  /// Takes what the kernel says of one operation.
  private void arrived(long userData, int result, long detail) {
    if (userData < 0 || userData >= away.length || !away[(int) userData]) {
      throw door.poison(
          new RingException(
              "io_uring completed " + userData + ", which is not in flight",
              0,
              "the kernel, or whoever shares this descriptor, is not to be trusted: open the store"
                  + " again"));
    }
    int slot = (int) userData;
    away[slot] = false;
    awayCount--;
    if (startsAgain[slot] != 0) {
      int head = startsAgain[slot] - 1;
      startsAgain[slot] = 0;
      if (!linked[slot]) {
        start(submissions.at(head));
      }
      return;
    }
    Operation operation = submissions.at(slot);
    int left = (int) operation.lengthBytes() - moved[slot];
    if (result >= 0 && (left == 0 || result == left)) {
      succeeded(operation, result, detail);
    } else if (result > 0 && result < left) {
      moved[slot] += result;
      startAgain(operation);
    } else if (isWorthAnotherTry(operation, result)) {
      startAgain(operation);
    } else {
      boolean givenUp = result == -Errno.EINTR && operation.isCancelled();
      // No bytes and no reason: the end of the file, or a device that takes nothing.
      int reason = result < 0 ? result : -Errno.EIO;
      failed(operation, givenUp ? -Errno.ECANCELED : reason);
    }
  }

  private void succeeded(Operation operation, int result, long detail) {
    if (operation.kind() == Kind.COMMAND) {
      if (result > 0) {
        // What the device put into the detail of a failure is ignored (A10).
        failed(operation, result);
        return;
      }
      operation.finish(0, detail);
    } else {
      operation.finish((int) operation.lengthBytes());
    }
    makeReady(operation);
    Operation next = operation.next();
    if (next != null && !linked[operation.slot()]) {
      start(next);
    }
  }

  /// Given up by the kernel, without a fault of its own or before it in the chain: because the
  /// thread that flushed it has ended, or by a signal. To do it twice does no harm, other than with
  /// a command.
  private boolean isWorthAnotherTry(Operation operation, int result) {
    int slot = operation.slot();
    return (result == -Errno.ECANCELED || result == -Errno.EINTR)
        && !doomed[slot]
        && !operation.isCancelled()
        && operation.kind() != Kind.COMMAND
        && ++again[slot] <= AGAIN_MAX;
  }

  private void startAgain(Operation operation) {
    int slot = operation.slot();
    if (!linked[slot]) {
      start(operation);
      return;
    }
    // What the kernel cancels for this has had no effect; the last of it sets all off again.
    for (Operation each = operation; linked[each.slot()]; ) {
      each = Objects.requireNonNull(each.next(), "a link to nothing");
      startsAgain[each.slot()] = slot + 1;
    }
  }

  private void failed(Operation operation, int result) {
    operation.finish(result);
    makeReady(operation);
    if (!linked[operation.slot()]) {
      cancel(operation.next());
      return;
    }
    for (Operation each = operation; linked[each.slot()]; ) {
      each = Objects.requireNonNull(each.next(), "a link to nothing");
      doomed[each.slot()] = true;
    }
  }

  @Override
  public int poll(CompletionHandler handler, int limit) {
    submissions.beginDelivery();
    try {
      door.checkSound();
      if (queue.waiting() > 0) {
        submit();
      }
      if (queue.needsEnter() || (polled && awayCount > 0)) {
        door.collect();
        mendCutChain();
      }
      takeArrivals();
      if (queue.waiting() > 0) {
        submit();
      }
      return deliver(handler, limit);
    } finally {
      submissions.endDelivery();
    }
  }

  @Override
  public int await(CompletionHandler handler, int limit, long timeoutNanos) {
    submissions.beginDelivery();
    try {
      door.checkSound();
      stage();
      takeArrivals();
      boolean inTime = true;
      while (inTime && limit > 0 && readyCount == 0 && submissions.outstanding() > 0) {
        inTime = door.submitAndWait(timeoutNanos);
        mendCutChain();
        takeArrivals();
      }
      if (queue.waiting() > 0) {
        submit();
      }
      return deliver(handler, limit);
    } finally {
      submissions.endDelivery();
    }
  }

  @Override
  public void cancel(long token) {
    door.checkSound();
    submissions.cancel(token);
    for (int slot = 0; slot < away.length; slot++) {
      if (away[slot] && submissions.at(slot).isCancelled()) {
        door.cancel(slot);
      }
    }
  }

  private int deliver(CompletionHandler handler, int limit) {
    int delivered = 0;
    for (; delivered < limit && readyCount > 0; delivered++) {
      submissions.deliver(submissions.at(takeReady()), handler);
    }
    return delivered;
  }

  private int takeReady() {
    int slot = ready[readyHead];
    readyHead = readyHead + 1 < ready.length ? readyHead + 1 : 0;
    readyCount--;
    return slot;
  }

  @Override
  public RingStats stats() {
    return submissions.stats();
  }

  /// As [Ring] says. What the kernel does not finish in half a minute is cancelled; what it does
  /// not give back in another one keeps its memory: better a leak than a write into memory that is
  /// somebody else's by then.
  @Override
  public void close() {
    if (!submissions.close()) {
      return;
    }
    if (drain()) {
      setup.close();
    } else {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} operations never came back from the kernel: their ring stays mapped",
          awayCount - queue.waiting());
    }
    while (readyCount > 0) {
      submissions.release(submissions.at(takeReady()));
    }
  }

  /// Answers whether nothing is left in the kernel.
  private boolean drain() {
    try {
      for (int idle = 0; awayCount > 0 && idle < 2 * drainSteps; idle++) {
        if (idle == drainSteps) {
          door.cancelAll();
        }
        if (queue.waiting() > 0) {
          submit();
        }
        if (takeArrivals() > 0) {
          idle = -1;
        } else {
          door.waitFor(DRAIN_STEP_NANOS);
        }
      }
    } catch (RingException e) {
      LOG.log(System.Logger.Level.WARNING, "closing a ring that is poisoned: {0}", e.getMessage());
    }
    return awayCount == queue.waiting();
  }
}
