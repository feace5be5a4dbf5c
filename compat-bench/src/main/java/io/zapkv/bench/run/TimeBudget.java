package io.zapkv.bench.run;

/// The time a run may take, shared out. Up to a deadline each part gets an equal share of what is
/// left when it begins, so that what one does not use goes to the others.
///
/// **Threading.** One thread.
public final class TimeBudget {
  private static final long NEVER = Long.MAX_VALUE;

  private final long deadlineNanos;
  private final long eachNanos;
  private int partsLeft;

  private TimeBudget(long deadlineNanos, long eachNanos, int parts) {
    this.deadlineNanos = deadlineNanos;
    this.eachNanos = eachNanos;
    this.partsLeft = parts;
  }

  /// As long as it takes.
  public static TimeBudget unlimited() {
    return each(NEVER);
  }

  /// The same for each part, however long all of them take.
  public static TimeBudget each(long nanos) {
    return new TimeBudget(NEVER, nanos, 0);
  }

  /// @param deadlineNanos when everything is to be over, by [System#nanoTime]
  /// @param parts how many share the time
  public static TimeBudget until(long deadlineNanos, int parts) {
    return new TimeBudget(deadlineNanos, NEVER, parts);
  }

  /// The share of the next part, in nanoseconds.
  public long nextNanos(long nowNanos) {
    if (!hasDeadline()) {
      return eachNanos;
    }
    int parts = Math.max(1, partsLeft--);
    return Math.max(0, deadlineNanos - nowNanos) / parts;
  }

  /// Whether all parts together may take so long and no longer.
  public boolean hasDeadline() {
    return deadlineNanos != NEVER;
  }
}
