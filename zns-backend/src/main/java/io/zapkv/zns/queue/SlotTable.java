package io.zapkv.zns.queue;

import io.zapkv.zns.ZoneFailure;
import org.jspecify.annotations.Nullable;

/// All slots of a queue: which are free, which wait for a flush, which is chained to which.
///
/// **Threading.** Belongs to the queue's owner.
///
/// **Memory.** Allocates nothing after construction.
final class SlotTable {
  private final Slot[] slots;
  private final Slot[] free;
  private final Slot[] queued;
  private int freeCount;
  private int queuedCount;

  /// Whether the last submission had a LINK, so that the next one belongs behind it.
  private boolean chainIsOpen;

  /// That submission, or null where it has finished already.
  private @Nullable Slot chainTail;

  private boolean chainIsBroken;

  SlotTable(int depth) {
    slots = new Slot[depth];
    free = new Slot[depth];
    queued = new Slot[depth];
    for (int index = 0; index < depth; index++) {
      slots[index] = new Slot(index);
      free[depth - 1 - index] = slots[index];
    }
    freeCount = depth;
  }

  int depth() {
    return slots.length;
  }

  int taken() {
    return slots.length - freeCount;
  }

  Slot at(int index) {
    return slots[index];
  }

  /// A free slot, or null where there is none.
  @Nullable Slot take() {
    return freeCount == 0 ? null : free[--freeCount];
  }

  /// Puts a filled slot where it belongs: behind what it is chained to, or into the queue.
  void submit(Slot slot, boolean linked) {
    Slot before = chainTail;
    if (before != null) {
      before.next = slot;
    } else {
      if (chainIsOpen && chainIsBroken) {
        slot.failure = ZoneFailure.CANCELED;
      }
      queued[queuedCount++] = slot;
    }
    chainIsOpen = linked;
    chainTail = linked ? slot : null;
    chainIsBroken = false;
  }

  /// The queue, oldest first; valid up to [#queuedCount].
  Slot[] queued() {
    return queued;
  }

  int queuedCount() {
    return queuedCount;
  }

  /// Takes the first `count` out of the queue.
  void dequeue(int count) {
    queuedCount -= count;
    System.arraycopy(queued, count, queued, 0, queuedCount);
  }

  /// Ends the way of a slot. Answers the one chained behind it, cancelled where this one failed.
  @Nullable Slot finish(Slot slot) {
    Slot next = slot.next;
    if (next != null && slot.failure != null) {
      next.failure = ZoneFailure.CANCELED;
    }
    if (chainTail == slot) {
      chainTail = null;
      chainIsBroken = slot.failure != null;
    }
    slot.clear();
    free[freeCount++] = slot;
    return next;
  }
}
