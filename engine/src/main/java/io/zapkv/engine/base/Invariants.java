package io.zapkv.engine.base;

/// Cheap checks that are always on. What they find is our own bug, never the world's fault.
public final class Invariants {
  private Invariants() {}

  /// Requires that `holds` is true.
  ///
  /// @param message a constant, so that a check that holds costs a branch and nothing else
  public static void check(boolean holds, String message) {
    if (!holds) {
      throw new AssertionError(message);
    }
  }
}
