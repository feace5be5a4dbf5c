package io.zapkv.ring.pool;

import io.zapkv.ring.CompletionHandler;
import io.zapkv.ring.Ring;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.RingStats;
import io.zapkv.ring.op.Operation;
import io.zapkv.ring.op.Operation.Kind;
import io.zapkv.ring.op.Submissions;
import java.lang.foreign.MemorySegment;

/// A ring whose operations are blocking calls on shared [RingWorkers].
///
/// Operations on memory are copied at the flush, on the owner's thread: handing them over would
/// cost more than the copy. A chain runs in order on one thread, the owner's where it touches
/// memory only.
///
/// **Threading.** As [Ring] says. Buffers are used on the workers' threads, so they come from a
/// shared arena; a confined one makes the operation fail with `EFAULT`.
///
/// **Memory.** Allocates when it is opened; afterwards nothing for each operation, except what
/// [ChannelFile] says of itself.
///
/// **Bounds.** As [Ring] says; how many operations block at once is the workers' bound.
public final class ThreadPoolRing implements Ring {
  private final RingWorkers workers;
  private final Submissions submissions;
  private final CompletionInbox inbox;
  private final WorkerChain[] chains;

  /// Opens a ring; the workers stay with whoever made them.
  public ThreadPoolRing(int capacity, RingWorkers workers) {
    this.workers = workers;
    submissions = new Submissions(capacity);
    inbox = new CompletionInbox(capacity);
    chains = new WorkerChain[capacity];
    for (int slot = 0; slot < capacity; slot++) {
      chains[slot] = new WorkerChain(submissions.at(slot), inbox);
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
    int chainCount = 0;
    WorkerChain first = null;
    WorkerChain last = null;
    for (Operation head = submissions.takeChain(); head != null; head = submissions.takeChain()) {
      for (Operation each = head; each != null; each = each.next()) {
        operations++;
      }
      WorkerChain chain = chains[head.slot()];
      if (head.isMemoryChain()) {
        chain.run();
        continue;
      }
      if (last == null) {
        first = chain;
      } else {
        last.next = chain;
      }
      last = chain;
      chainCount++;
    }
    if (first != null && last != null && !workers.run(first, last, chainCount)) {
      cancel(first);
    }
    return operations;
  }

  private static void cancel(WorkerChain first) {
    for (WorkerChain chain = first; chain != null; ) {
      WorkerChain following = chain.next;
      chain.next = null;
      chain.cancel();
      chain = following;
    }
  }

  @Override
  public int poll(CompletionHandler handler, int limit) {
    submissions.beginDelivery();
    try {
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
      if (submissions.outstanding() > 0 && limit > 0) {
        inbox.awaitNotEmpty(timeoutNanos);
      }
      return deliver(handler, limit);
    } finally {
      submissions.endDelivery();
    }
  }

  /// What a worker has begun goes on.
  @Override
  public void cancel(long token) {
    submissions.cancel(token);
  }

  private int deliver(CompletionHandler handler, int limit) {
    int delivered = 0;
    for (; delivered < limit; delivered++) {
      int slot = inbox.take();
      if (slot == CompletionInbox.EMPTY) {
        break;
      }
      submissions.deliver(submissions.at(slot), handler);
    }
    return delivered;
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
    while (submissions.outstanding() > 0) {
      inbox.awaitNotEmpty(FOREVER);
      for (int slot = inbox.take(); slot != CompletionInbox.EMPTY; slot = inbox.take()) {
        submissions.release(submissions.at(slot));
      }
    }
  }
}
