package io.zapkv.ring;

/// The one source of time. Nothing else asks the JDK, so that the simulator can own it.
@FunctionalInterface
public interface Clock {
  /// Nanoseconds since some fixed moment; never goes back, says nothing about the time of day.
  long nanos();

  /// The clock of the machine.
  static Clock system() {
    return System::nanoTime;
  }
}
