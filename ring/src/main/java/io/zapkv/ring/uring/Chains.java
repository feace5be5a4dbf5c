package io.zapkv.ring.uring;

import io.zapkv.ring.Errno;
import io.zapkv.ring.RingException;
import io.zapkv.ring.op.Operation;
import io.zapkv.ring.op.Operation.Kind;
import io.zapkv.ring.op.Submissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The chains of a ring between flush and delivery; an operation that is linked to nothing is a
/// chain of one.
///
/// A chain goes to the kernel as linked entries. Its members that the kernel cannot do, and those
/// behind a command (whose positive status the kernel takes for success), wait here until the one
/// before them has completed. A transfer that came back short breaks the kernel's link (A8 would be
/// kept, A2 would not): so what it cancelled is put back, and the chain goes on from the rest of
/// that transfer.
///
/// **Threading.** Belongs to the ring's owner.
///
/// **Memory.** Allocates when it is made; afterwards nothing for each operation.
final class Chains implements CompletionQueue.Arrivals {
  /// How often an operation is submitted again that the kernel gave up for no fault of its own.
  private static final int AGAIN_MAX = 16;

  private final Submissions submissions;
  private final SubmissionQueue queue;
  private final EntryWriter writer;
  private final RingDoor door;

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

  Chains(Submissions submissions, SubmissionQueue queue, EntryWriter writer, RingDoor door) {
    this.submissions = submissions;
    this.queue = queue;
    this.writer = writer;
    this.door = door;
    int capacity = submissions.capacity();
    away = new boolean[capacity];
    linked = new boolean[capacity];
    startsAgain = new int[capacity];
    doomed = new boolean[capacity];
    moved = new int[capacity];
    again = new int[capacity];
    ready = new int[capacity];
  }

  /// How many are in the kernel, or staged for it.
  int awayCount() {
    return awayCount;
  }

  /// Whether the operation of a slot is in the kernel, or staged for it.
  boolean isAway(int slot) {
    return away[slot];
  }

  /// How many wait for their delivery.
  int readyCount() {
    return readyCount;
  }

  /// The next to be delivered; there is one.
  Operation takeReady() {
    int slot = ready[readyHead];
    readyHead = readyHead + 1 < ready.length ? readyHead + 1 : 0;
    readyCount--;
    return submissions.at(slot);
  }

  /// Forgets what was of the operation's slot before.
  void begin(Operation operation) {
    int slot = operation.slot();
    moved[slot] = 0;
    again[slot] = 0;
    doomed[slot] = false;
    startsAgain[slot] = 0;
  }

  /// Starts a chain at one of its operations: does what has to be done here, and stages the first
  /// part that the kernel can do as a whole.
  void start(Operation first) {
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

  /// The kernel may take fewer entries than it was given. Where that cuts a chain in two, it would
  /// run the second half whatever became of the first: so that half waits here instead.
  void mendCut() {
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

  /// Takes what the kernel says of one operation.
  @Override
  public void arrived(long userData, int result, long detail) {
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
}
