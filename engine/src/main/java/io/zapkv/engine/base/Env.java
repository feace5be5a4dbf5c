package io.zapkv.engine.base;

import io.zapkv.ring.Clock;
import java.util.random.RandomGenerator;

/// Where time, chance and threads come from: the one seam that the simulator replaces.
///
/// **Threading.** Any thread may call it.
public interface Env {
  /// The source of time.
  Clock clock();

  /// A generator of its own for one purpose, named so that a simulated run can seed each apart.
  RandomGenerator random(String stream);

  /// Starts `body` on a thread of its own.
  Task start(String name, Runnable body);

  /// Lets `nanos` nanoseconds pass, or somewhat more; an interrupt does not cut it short.
  void pause(long nanos);

  /// Names this run of the machine: it changes when the machine restarts, and with it memory that
  /// outlives a process is lost. Empty where it cannot be told.
  String bootId();

  /// A thread that was started.
  interface Task {
    /// Waits until the body has ended. An interrupt does not end the wait.
    void join();
  }
}
