package io.zapkv.sim.oracle;

/// The store broke a promise.
public final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// @param promise which one, by its name in the oracle (O1 to O9)
  public Violation(String promise, String what) {
    super(promise + ": " + what);
  }
}
