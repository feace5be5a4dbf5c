package io.zapkv.engine.read;

/// The seed of this run's random tests, said once together with how to run them again.
public final class Seeds {
  private static final long SEED = Long.getLong("zap.seed", System.nanoTime());

  static {
    System.err.println(
        "seed " + SEED + "; replay: mvn -pl ring,zns-backend,engine verify -Dzap.seed=" + SEED);
  }

  private Seeds() {}

  /// The seed.
  public static long seed() {
    return SEED;
  }
}
