package io.zapkv.ring.sim;

import java.util.SplittableRandom;

/// A seed turned into latencies, and thereby into an order of execution and completion.
///
/// The seed also draws the kind of order. Latencies that are merely random hardly ever produce the
/// extremes, such as one operation that all others overtake, and those are where bugs live.
///
/// **Threading.** One thread at a time.
public final class SimSchedule {
  /// The kinds of order.
  public enum Order {
    /// As submitted, all with the same latency.
    SUBMITTED,
    /// The newest of those in flight first.
    REVERSED,
    /// Latencies drawn evenly.
    RANDOM,
    /// Latencies drawn evenly, and a few operations that all others overtake.
    STARVING
  }

  private static final long STEADY_NANOS = 20_000;
  private static final long RANDOM_NANOS_MAX = 100_000;
  private static final long STARVED_NANOS = 50 * RANDOM_NANOS_MAX;
  private static final int STARVED_ONE_IN = 16;

  private final long seed;
  private final Order order;
  private final SplittableRandom random;

  /// The schedule of a seed.
  public SimSchedule(long seed) {
    this.seed = seed;
    random = new SplittableRandom(seed);
    order = Order.values()[random.nextInt(Order.values().length)];
  }

  /// What this schedule was made from; the same seed makes the same one.
  public long seed() {
    return seed;
  }

  /// The kind of order that the seed has drawn.
  public Order order() {
    return order;
  }

  /// The time to the next step of an operation: from its start to its effect, or from its effect to
  /// its completion. Each call is a draw.
  long drawDelayNanos() {
    return switch (order) {
      case SUBMITTED, REVERSED -> STEADY_NANOS;
      case RANDOM -> random.nextLong(RANDOM_NANOS_MAX);
      case STARVING ->
          random.nextInt(STARVED_ONE_IN) == 0 ? STARVED_NANOS : random.nextLong(RANDOM_NANOS_MAX);
    };
  }

  /// The rank, lowest first, of the n-th operation started among those due at the same moment.
  long rank(long ordinal) {
    return order == Order.REVERSED ? -ordinal : ordinal;
  }

  @Override
  public String toString() {
    return "seed " + seed + ", order " + order;
  }
}
