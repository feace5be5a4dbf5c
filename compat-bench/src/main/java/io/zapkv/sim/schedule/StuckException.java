package io.zapkv.sim.schedule;

import java.util.List;

/// A run that cannot go on, or does not end; the message says where each task stands.
public final class StuckException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StuckException(String why, List<Thread> tasks) {
    super(why + Scheduler.stacks(tasks));
  }
}
