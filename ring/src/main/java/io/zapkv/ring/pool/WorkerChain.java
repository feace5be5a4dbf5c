package io.zapkv.ring.pool;

import io.zapkv.ring.Errno;
import io.zapkv.ring.op.Operation;
import org.jspecify.annotations.Nullable;

/// A chain of operations on its way through [RingWorkers]: one for each slot of a ring, used when
/// that slot is the head of a chain.
///
/// **Threading.** Written by the ring's owner, then by the one thread that runs it. The lock of the
/// workers orders the way there, the inbox the way back.
final class WorkerChain {
  @Nullable WorkerChain next;
  private final Operation head;
  private final CompletionInbox inbox;

  WorkerChain(Operation head, CompletionInbox inbox) {
    this.head = head;
    this.inbox = inbox;
  }

  /// Runs the operations in their order; one that fails cancels those behind it (A8).
  void run() {
    boolean cancelled = false;
    for (Operation each = head; each != null; ) {
      // Before the put: afterwards the slot may be another operation.
      Operation following = each.next();
      int result = cancelled ? -Errno.ECANCELED : runOne(each);
      cancelled |= result < 0;
      each.finish(result);
      inbox.put(each.slot());
      each = following;
    }
  }

  /// Completes all operations as cancelled, with no effect.
  void cancel() {
    for (Operation each = head; each != null; ) {
      Operation following = each.next();
      each.finish(-Errno.ECANCELED);
      inbox.put(each.slot());
      each = following;
    }
  }

  private static int runOne(Operation operation) {
    try {
      return operation.run(operation.lengthBytes());
    } catch (Error bug) {
      // A bug in a file must reach somebody, but neither end a shared worker nor leave the ring's
      // owner waiting for a completion that never comes.
      Thread current = Thread.currentThread();
      current.getUncaughtExceptionHandler().uncaughtException(current, bug);
      return -Errno.EIO;
    }
  }
}
