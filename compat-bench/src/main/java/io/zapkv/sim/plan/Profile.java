package io.zapkv.sim.plan;

/// What kind of runs to draw.
public enum Profile {
  /// Crashes and faults of all kinds.
  ALL,
  /// Crashes, no faults.
  CRASHES,
  /// Neither.
  CALM,
  /// Crashes, no faults, on devices that are too small for the data.
  FULL
}
