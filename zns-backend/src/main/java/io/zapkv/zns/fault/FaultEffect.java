package io.zapkv.zns.fault;

import io.zapkv.zns.ZoneFailure;

/// What a [FaultRule] does to an operation.
public sealed interface FaultEffect {
  /// Nothing.
  record None() implements FaultEffect {}

  /// Fails it.
  ///
  /// @param after whether it has its effect all the same (A11, D10)
  record Fail(ZoneFailure failure, boolean after) implements FaultEffect {}

  /// Answers a wrong address (F15).
  record Lie() implements FaultEffect {}
}
