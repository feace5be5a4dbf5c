package io.zapkv.sim;

import io.zapkv.api.OutOfSpaceException;
import io.zapkv.sim.oracle.Violation;
import io.zapkv.sim.schedule.Scheduler;
import io.zapkv.sim.world.Coverage;
import io.zapkv.sim.world.FaultClass;
import io.zapkv.sim.world.Faults;
import io.zapkv.sim.world.Media;
import io.zapkv.sim.world.SimDevice;

/// What the clients of one life have in common: whether it is over, and which failures are owed.
final class LifeState {
  private final SimDevice device;
  private final Media media;
  private final Faults faults;
  private final Coverage coverage;
  private final Scheduler scheduler;
  private final boolean isDamaged;

  /// @param isDamaged whether the device lost data before this life
  LifeState(
      SimDevice device,
      Media media,
      Faults faults,
      Coverage coverage,
      Scheduler scheduler,
      boolean isDamaged) {
    this.device = device;
    this.media = media;
    this.faults = faults;
    this.coverage = coverage;
    this.scheduler = scheduler;
    this.isDamaged = isDamaged;
  }

  /// Whether the crash has come: nothing that the store answers counts any more.
  boolean isOver() {
    return device.isDead();
  }

  Coverage coverage() {
    return coverage;
  }

  void note(long what) {
    scheduler.note(what);
  }

  /// Whether the store may have lost something, as long as it says so.
  boolean isDamaged() {
    return isDamaged || faults.mayLoseData();
  }

  /// Whether anything is owed to a fault.
  boolean isTroubled() {
    return isOver() || isDamaged() || faults.mayEndWriting() || media.isMetadataStruck();
  }

  /// A failure must be owed to a fault, or to there being no room.
  void judge(Throwable failure) {
    if (isOver()) {
      return;
    }
    note(failure.getClass().getName().hashCode());
    if (failure instanceof OutOfSpaceException) {
      coverage.hit(FaultClass.F23);
    } else if (!isTroubled()) {
      throw new IllegalStateException("a failure without a fault: " + failure, failure);
    }
  }

  /// Judges an answer; where data may be gone, a store that was read without a failure must still
  /// not make anything up, and that is judged key by key at the end.
  void check(Runnable judgement) {
    try {
      judgement.run();
    } catch (Violation violation) {
      if (!isDamaged()) {
        throw violation;
      }
    }
  }
}
