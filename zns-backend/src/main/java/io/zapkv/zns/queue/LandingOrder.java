package io.zapkv.zns.queue;

import java.util.SplittableRandom;

/// Draws from a seed in which order queued operations run, so that code which guesses addresses
/// fails (A4).
///
/// An operation may also be held back at a flush and run at a later one.
public final class LandingOrder {
  private static final int HOLD_ONE_IN = 4;

  private final SplittableRandom random;

  /// @param seed the device's
  /// @param queue the number of the queue, so that two queues do not shuffle alike
  public LandingOrder(long seed, int queue) {
    random = new SplittableRandom(seed * 31 + queue);
  }

  void shuffle(Slot[] slots, int count) {
    for (int i = count - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      Slot slot = slots[i];
      slots[i] = slots[other];
      slots[other] = slot;
    }
  }

  /// How many of the last of `count` shuffled operations are held back, at most all but one.
  int heldBack(int count) {
    int held = 0;
    for (int i = 1; i < count; i++) {
      if (random.nextInt(HOLD_ONE_IN) == 0) {
        held++;
      }
    }
    return held;
  }
}
