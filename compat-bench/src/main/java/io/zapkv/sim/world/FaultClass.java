package io.zapkv.sim.world;

/// The classes of faults that a simulated world can have, of those in the fault model; the others
/// are bound to a real kernel or to memory shared by real threads (F19, F20, F22).
public enum FaultClass {
  /// Completions out of order.
  F1,
  /// A crash with appends in flight.
  F2,
  /// A power cut that takes what no sync has covered.
  F3,
  /// An append of which a power cut leaves a part.
  F4,
  /// An append that fails and has moved the pointer.
  F5,
  /// A zone that is full, or too short for the append.
  F6,
  /// A zone that turns read-only.
  F7,
  /// A zone that is gone.
  F8,
  /// No slot for another zone.
  F9,
  /// Somebody else writes to our zones.
  F10,
  /// A zone that becomes full by itself.
  F11,
  /// A read that fails.
  F12,
  /// A byte that changed at rest.
  F13,
  /// A write or a reset that did not happen though it was answered.
  F14,
  /// A success with an address that cannot be.
  F15,
  /// A sync that fails.
  F16,
  /// A ring that takes no more just now.
  F17,
  /// A completion that never comes, or one that nobody waits for.
  F18,
  /// A device that is gone.
  F21,
  /// No zone left.
  F23,
  /// A crash while opening.
  F24,
  /// Zones that a power cut has closed or finished.
  F25,
  /// An error in the middle of an operation.
  F26,
  /// A clock that jumps.
  F27,
  /// An interrupt of a caller.
  F28
}
