package io.zapkv.engine.zone;

import io.zapkv.api.DeviceException;
import io.zapkv.engine.base.Invariants;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZonedDevice;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Resets, finishes and syncs zones, one at a time, and waits for each.
///
/// Either takes from one millisecond to a second (D20): call it under no lock that anybody on the
/// read or the write path could want.
///
/// **Threading.** Any thread; they take turns.
public final class ZoneControl implements AutoCloseable {
  private final ReentrantLock turn = new ReentrantLock();
  private final ZoneQueue queue;
  private final String device;
  private final Answer answer = new Answer();

  /// Control over the zones of `device`, through a queue of its own.
  public ZoneControl(ZonedDevice device) {
    this.device = device.name();
    queue = device.openQueue(1);
  }

  /// Runs `action` on `zone`; nothing may be in flight to it (D18).
  ///
  /// @return what went wrong, or null
  /// @throws DeviceException where the way to the device is lost: no zone will ever be emptied
  public @Nullable ZoneFailure run(ZoneAction action, int zone) {
    turn.lock();
    try {
      return awaitAnswer(queue.manage(action, zone, 0, zone), zone, "a " + action);
    } finally {
      turn.unlock();
    }
  }

  /// Makes all that anybody has written to `zone` until now survive a power cut.
  ///
  /// @return what went wrong, or null
  public @Nullable ZoneFailure sync(int zone) {
    turn.lock();
    try {
      return awaitAnswer(queue.sync(zone, 0, zone), zone, "a sync");
    } finally {
      turn.unlock();
    }
  }

  private @Nullable ZoneFailure awaitAnswer(boolean queued, int zone, String what) {
    Invariants.check(queued, "a queue of depth one was not empty");
    answer.failure = null;
    while (queue.outstanding() > 0) {
      queue.await(answer, 1);
    }
    ZoneFailure failure = answer.failure;
    if (failure != null && queue.isLost()) {
      throw ZoneFailures.exception(device, zone, what, failure);
    }
    return failure;
  }

  @Override
  public void close() {
    turn.lock();
    try {
      queue.close();
    } finally {
      turn.unlock();
    }
  }

  private static final class Answer implements ZoneHandler {
    private @Nullable ZoneFailure failure;

    @Override
    public void onDone(long token, int bytes, long address) {}

    @Override
    public void onFailed(long token, ZoneFailure reason) {
      failure = reason;
    }
  }
}
