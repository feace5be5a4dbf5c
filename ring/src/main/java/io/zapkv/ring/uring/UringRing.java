package io.zapkv.ring.uring;

import io.zapkv.ring.CompletionHandler;
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

/// A ring that the kernel runs.
///
/// ```
///   read, write … ─► Submissions ─► flush: Chains ─► EntryWriter ─► SubmissionQueue ─► RingDoor
///                                     │ what the kernel cannot do:                   (enter) │
///                                     ▼ the file's methods, here                             ▼
///   onCompletion ◄─── poll ◄─────── ready ◄────── Chains ◄──────────────────── CompletionQueue
/// ```
///
/// What becomes of a chain on its way through the kernel: [Chains].
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
  private final Chains chains;

  /// Heads of chains that may block here, and so go after what the kernel does meanwhile.
  private final int[] blocking;

  private int blockingCount;

  private UringRing(RingOptions options, UringCalls calls, int drainSteps) {
    int capacity = options.capacity();
    polled = options.polled();
    this.drainSteps = drainSteps;
    submissions = new Submissions(capacity);
    blocking = new int[capacity];
    setup = UringSetup.open(options, calls);
    queue = setup.submissionQueue();
    completions = setup.completionQueue();
    registrations = new Registrations(calls, setup.fd());
    writer = new EntryWriter(queue, registrations, setup.vectors(), options.commands(), polled);
    door = new RingDoor(calls, setup.fd(), queue);
    chains = new Chains(submissions, queue, writer, door);
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
        chains.begin(each);
        operations++;
      }
      if (head.file().isMemory() || writer.canWrite(head)) {
        chains.start(head);
      } else {
        blocking[blockingCount++] = head.slot();
      }
    }
    if (blockingCount > 0) {
      submit();
      int count = blockingCount;
      blockingCount = 0;
      for (int i = 0; i < count; i++) {
        chains.start(submissions.at(blocking[i]));
      }
    }
    return operations;
  }

  private boolean submit() {
    boolean taken = door.submit();
    chains.mendCut();
    return taken;
  }

  /// Takes what has completed; answers how much that was. That something is missing shows only
  /// where nothing comes.
  private int takeArrivals() {
    int count = completions.take(chains);
    if (count == 0 && completions.dropped() != 0) {
      throw door.poison(UringProbe.dropped(completions.dropped()));
    }
    return count;
  }

  @Override
  public int poll(CompletionHandler handler, int limit) {
    submissions.beginDelivery();
    try {
      door.checkSound();
      if (queue.waiting() > 0) {
        submit();
      }
      if (queue.needsEnter() || (polled && chains.awayCount() > 0)) {
        door.collect();
        chains.mendCut();
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
      while (inTime && limit > 0 && chains.readyCount() == 0 && submissions.outstanding() > 0) {
        inTime = door.submitAndWait(timeoutNanos);
        chains.mendCut();
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
    for (int slot = 0; slot < submissions.capacity(); slot++) {
      if (chains.isAway(slot) && submissions.at(slot).isCancelled()) {
        door.cancel(slot);
      }
    }
  }

  private int deliver(CompletionHandler handler, int limit) {
    int delivered = 0;
    for (; delivered < limit && chains.readyCount() > 0; delivered++) {
      submissions.deliver(chains.takeReady(), handler);
    }
    return delivered;
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
          chains.awayCount() - queue.waiting());
    }
    while (chains.readyCount() > 0) {
      submissions.release(chains.takeReady());
    }
  }

  /// Answers whether nothing is left in the kernel.
  private boolean drain() {
    try {
      for (int idle = 0; chains.awayCount() > 0 && idle < 2 * drainSteps; idle++) {
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
    return chains.awayCount() == queue.waiting();
  }
}
