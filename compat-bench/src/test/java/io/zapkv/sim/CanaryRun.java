package io.zapkv.sim;

import io.zapkv.sim.plan.Plan;
import io.zapkv.sim.plan.Profile;
import io.zapkv.zns.ZonedDevice;
import java.util.function.UnaryOperator;

/// What a mutant is asked to do; called by name, since a mutant has classes of its own.
public final class CanaryRun {
  private CanaryRun() {}

  /// Plays seeds until one fails.
  ///
  /// @param wrapper the name of a class of this package whose instances wrap a device, or empty
  /// @return the first that failed, or -1
  public static long firstFailing(String wrapper, long first, long count)
      throws ReflectiveOperationException {
    java.util.logging.Logger log = java.util.logging.Logger.getLogger("io.zapkv");
    log.setLevel(java.util.logging.Level.OFF);
    for (long seed = first; seed < first + count; seed++) {
      if (SimRun.play(Plan.draw(seed, Profile.ALL), wrapping(wrapper)).failure() != null) {
        return seed;
      }
    }
    return -1;
  }

  private static UnaryOperator<ZonedDevice> wrapping(String wrapper)
      throws ReflectiveOperationException {
    if (wrapper.isEmpty()) {
      return device -> device;
    }
    ThoughtlessQueue.Mistake mistake = ThoughtlessQueue.Mistake.valueOf(wrapper);
    return device -> new ThoughtlessDevice(device, mistake);
  }
}
