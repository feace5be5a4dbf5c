package io.zapkv.sim.world;

/// How often each class of faults was met.
public final class Coverage {
  private final long[] counts = new long[FaultClass.values().length];

  /// One more.
  @SuppressWarnings("EnumOrdinal") // lives no longer than the run
  public void hit(FaultClass fault) {
    counts[fault.ordinal()]++;
  }

  /// How often.
  @SuppressWarnings("EnumOrdinal")
  public long of(FaultClass fault) {
    return counts[fault.ordinal()];
  }

  /// Adds what another run has met.
  public void add(Coverage other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
  }
}
