package io.zapkv.zns.queue;

import io.zapkv.ring.Ring;
import io.zapkv.ring.RingException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// What a queue has instead of a ring once the way to its device is lost: nothing goes out any
/// more, and all that was under way, or is submitted from then on, fails as
/// [io.zapkv.zns.ZoneFailure#TRANSPORT]. Of what was under way nobody knows the outcome (F18, F21).
///
/// Whether an operation takes too long is not looked at one by one: that would cost a look at the
/// clock for each. What never comes back is what is waited for in the end, with nothing else
/// coming.
///
/// **Threading.** Belongs to the queue's owner; [#why] and [#isStuck] never change.
final class LostWay {
  /// How long is waited for what was given up.
  private static final long GRACE_NANOS = 1_000_000_000;

  private final ArrayDeque<Slot> failing = new ArrayDeque<>();
  private final String why;
  private final boolean isStuck;

  private LostWay(String why, boolean isStuck, SlotTable slots) {
    this.why = why;
    this.isStuck = isStuck;
    for (int index = 0; index < slots.depth(); index++) {
      if (slots.at(index).away) {
        failing.add(slots.at(index));
      }
    }
  }

  /// The ring will have nothing more to do with us.
  static LostWay broken(RingException cause, SlotTable slots) {
    return new LostWay(String.valueOf(cause.getMessage()), false, slots);
  }

  /// Nothing comes from the ring. What can be given up is, so that as little as possible is left to
  /// write into memory later; it is not taken for an answer.
  static LostWay silent(long patienceNanos, Ring ring, SlotTable slots) {
    int waiting = ring.outstanding();
    try {
      for (int index = 0; index < slots.depth(); index++) {
        if (slots.at(index).away) {
          ring.cancel(index);
        }
      }
      while (ring.outstanding() > 0
          && ring.await((_, _, _) -> {}, ring.capacity(), GRACE_NANOS) > 0) {}
    } catch (RingException _) {
      // The silence is what there is to tell.
    }
    String why =
        waiting
            + " operations did not come back within "
            + patienceNanos / 1_000_000_000
            + " s; when cancelled, "
            + ring.outstanding()
            + " still stayed away";
    return new LostWay(why, ring.outstanding() > 0, slots);
  }

  /// What happened, as a half sentence.
  String why() {
    return why;
  }

  /// Whether the ring still has operations, so that closing it would wait for them.
  boolean isStuck() {
    return isStuck;
  }

  /// An operation to fail, or null where none is left.
  @Nullable Slot next(SlotTable slots) {
    for (int i = 0; i < slots.queuedCount(); i++) {
      failing.add(slots.queued()[i]);
    }
    slots.dequeue(slots.queuedCount());
    return failing.poll();
  }

  /// What was chained behind one that failed is the next to fail.
  void chained(@Nullable Slot slot) {
    if (slot != null) {
      failing.addFirst(slot);
    }
  }
}
