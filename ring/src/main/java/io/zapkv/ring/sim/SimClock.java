package io.zapkv.ring.sim;

import io.zapkv.ring.Clock;

/// Virtual time: it stands still until somebody moves it.
///
/// **Threading.** One thread at a time.
public final class SimClock implements Clock {
  private long nanos;

  /// A clock at zero.
  public SimClock() {}

  @Override
  public long nanos() {
    return nanos;
  }

  /// Moves time on.
  public void advance(long byNanos) {
    if (byNanos < 0) {
      throw new IllegalArgumentException("time does not go back, got " + byNanos);
    }
    nanos += byNanos;
  }

  /// Moves time on to a moment; leaves it where that moment has passed.
  public void advanceTo(long momentNanos) {
    nanos = Math.max(nanos, momentNanos);
  }
}
