package io.zapkv.engine.zone;

import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZonedDevice;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// Resets and finishes zones for the allocator, and notes what the device made of it.
///
/// **Threading.** Called with the allocator's lock held, which is given up while the device works
/// (D20); the zone is [ZoneUse#BUSY] meanwhile, and nobody else's.
final class ZoneEmptier implements AutoCloseable {
  private final ZonedDevice device;
  private final ZonePool pool;
  private final ReentrantLock lock;
  private final Condition changed;
  private final Runnable awaitQuiescence;
  private final BooleanSupplier isReplayed;
  private final ZoneControl control;

  /// @param changed signalled whenever a zone is somewhere else than before
  /// @param awaitQuiescence waits until no reader is left that could look into a released zone
  /// @param isReplayed whether nobody will read leftovers any more; asked with the lock held
  ZoneEmptier(
      ZonedDevice device,
      ZonePool pool,
      ReentrantLock lock,
      Condition changed,
      Runnable awaitQuiescence,
      BooleanSupplier isReplayed) {
    this.device = device;
    this.pool = pool;
    this.lock = lock;
    this.changed = changed;
    this.awaitQuiescence = awaitQuiescence;
    this.isReplayed = isReplayed;
    this.control = new ZoneControl(device);
  }

  /// Resets released zones once no reader is left.
  ///
  /// @return how many became empty
  int reset(List<ZoneSpace> batch) {
    if (batch.isEmpty()) {
      return 0;
    }
    for (ZoneSpace space : batch) {
      space.use = ZoneUse.BUSY;
    }
    int done = 0;
    try {
      lock.unlock();
      try {
        awaitQuiescence.run();
      } finally {
        lock.lock();
      }
      int emptied = 0;
      for (ZoneSpace space : batch) {
        emptied += resetOne(space) ? 1 : 0;
        done++;
      }
      return emptied;
    } finally {
      // Where the device was closed meanwhile: nobody may wait for these zones. Those that were
      // reset are others' by now: one may be busy again, being finished with tables in it.
      for (ZoneSpace space : batch.subList(done, batch.size())) {
        space.use = ZoneUse.RELEASED;
      }
      changed.signalAll();
    }
  }

  private boolean resetOne(ZoneSpace space) {
    ZoneFailure failure;
    ZoneReport report;
    lock.unlock();
    try {
      failure = control.run(ZoneAction.RESET, space.zone);
      report = device.report(space.zone); // D4: the capacity may be another now
      if (failure != null && report.state().isActive()) {
        // It is lost, but must not keep a slot as well: a store may have no more than it needs.
        control.run(ZoneAction.FINISH, space.zone);
        report = device.report(space.zone);
      }
    } finally {
      lock.lock();
    }
    boolean emptied = failure == null && report.state() == ZoneState.EMPTY;
    if (emptied) {
      pool.emptied(space, report.capacityBlocks());
    } else {
      space.use = ZoneUse.DEAD; // a zone that will not be reset is lost, the store is not
      space.dead = report.state() == ZoneState.READ_ONLY || report.state() == ZoneState.OFFLINE;
      space.holdsSlot = report.state().isActive();
    }
    changed.signalAll();
    return emptied;
  }

  /// Finishes a zone that nobody writes.
  void finish(ZoneSpace space) {
    ZoneUse before = space.use;
    space.use = ZoneUse.BUSY;
    space.writable = false;
    space.finishFailed = true; // until it is known to have succeeded
    ZoneFailure failure;
    lock.unlock();
    try {
      failure = control.run(ZoneAction.FINISH, space.zone);
    } finally {
      lock.lock();
      boolean stillLeftover = before == ZoneUse.LEFTOVER && !isReplayed.getAsBoolean();
      space.use = stillLeftover ? ZoneUse.LEFTOVER : ZoneUse.SEALED;
      changed.signalAll();
    }
    space.finishFailed = failure != null;
    if (failure == null) {
      space.holdsSlot = false;
    } else {
      ZoneState state = device.report(space.zone).state();
      space.dead = state == ZoneState.READ_ONLY || state == ZoneState.OFFLINE;
      space.holdsSlot = state.isActive();
    }
    changed.signalAll();
  }

  @Override
  public void close() {
    control.close();
  }
}
