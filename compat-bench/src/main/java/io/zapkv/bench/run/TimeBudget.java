package io.zapkv.bench.run;

/// The time a run may take, shared out: each part gets an equal share of what is left when it
/// begins, so that what one does not use goes to the others.
///
/// **Threading.** One thread.
public final class TimeBudget {
  private final long deadlineNanos;
  private int partsLeft;

  private TimeBudget(long deadlineNanos, int parts) {
    this.deadlineNanos = deadlineNanos;
    this.partsLeft = parts;
  }

  /// As long as it takes.
  public static TimeBudget unlimited() {
    return new TimeBudget(Long.MAX_VALUE, 0);
  }

  /// @param deadlineNanos when everything is to be over, by [System#nanoTime]
  /// @param parts how many share the time
  public static TimeBudget until(long deadlineNanos, int parts) {
    return new TimeBudget(deadlineNanos, parts);
  }

  /// The share of the next part, in nanoseconds.
  public long nextNanos(long nowNanos) {
    if (isUnlimited()) {
      return Long.MAX_VALUE;
    }
    int parts = Math.max(1, partsLeft--);
    return Math.max(0, deadlineNanos - nowNanos) / parts;
  }

  /// Whether there is no deadline.
  public boolean isUnlimited() {
    return deadlineNanos == Long.MAX_VALUE;
  }
}
