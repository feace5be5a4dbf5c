package io.zapkv.sim.plan;

import io.zapkv.sim.world.FaultLine;
import java.util.List;

/// From one opening of the store to the next.
///
/// @param end how it ends
/// @param atEvent at which event of the device it ends, if it comes so far; 0 for after its steps
/// @param faults of the device
/// @param damages what happens to the device between this life and the next
/// @param steps of each client
public record Life(
    End end, long atEvent, List<FaultLine> faults, List<Damage> damages, List<List<Step>> steps) {
  /// How a life ends.
  public enum End {
    /// The store is closed.
    CLOSE,
    /// The process is killed.
    KILL,
    /// The power is cut.
    POWER
  }

  /// Something that happens to a device at rest.
  ///
  /// @param kind what
  /// @param where a number that chooses the place
  public record Damage(Kind kind, long where) {
    /// The kinds of damage.
    public enum Kind {
      /// A byte changes.
      FLIP,
      /// A zone goes offline.
      OFFLINE,
      /// A zone can only be read.
      READ_ONLY
    }
  }
}
