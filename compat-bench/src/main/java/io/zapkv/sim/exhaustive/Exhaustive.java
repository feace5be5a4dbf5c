package io.zapkv.sim.exhaustive;

import io.zapkv.api.Compression;
import io.zapkv.api.StoreOptions;
import io.zapkv.sim.schedule.Scheduler;
import io.zapkv.sim.world.Shape;
import io.zapkv.zns.Geometry;
import java.util.List;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The exhaustive sets.
///
/// **Threading.** One call at a time.
public final class Exhaustive {
  private static final Logger LOG = Logger.getLogger("io.zapkv");
  private static final int MIB = 1 << 20;

  /// What can be gone through.
  public enum Set {
    /// A crash at every event of the device while a trace is played, four images each.
    CRASHES,
    /// Every workload of up to three operations, and a crash after it.
    WORKLOADS,
    /// A crash at every event of an opening, and at every one of the opening after that.
    OPENINGS,
    /// Every byte of a small store changed, and every zone cut at every block.
    FLIPS
  }

  /// How much of a set: all of it, or as much as an ordinary build has time for.
  public enum Extent {
    /// Traces of sixty operations, workloads of up to two, one crash while opening, every 16th
    /// byte.
    SMALL,
    /// Traces of ten thousand operations, workloads of up to three, two crashes, every byte.
    FULL
  }

  /// What came of a set.
  ///
  /// @param set which
  /// @param crashes crashes made
  /// @param images stores opened after one, and judged
  /// @param refused of these, refused by type where that is an answer
  /// @param seconds how long it took
  /// @param failures how promises were broken
  public record Result(
      String set, long crashes, long images, long refused, double seconds, List<String> failures) {
    @Override
    public String toString() {
      return "%s: %,d crashes or changes, %,d images opened (%,d refused by type) in %.1f s, %,d failed"
          .formatted(set, crashes, images, refused, seconds, failures.size());
    }
  }

  private Exhaustive() {}

  /// Goes through a set.
  public static Result run(Set set, Extent extent, int threads) throws InterruptedException {
    LOG.setLevel(Level.OFF); // the engine warns of what a crash has done
    long began = System.nanoTime();
    boolean isFull = extent == Extent.FULL;
    try (Tally tally = new Tally(threads)) {
      switch (set) {
        case CRASHES -> EveryCrash.run(isFull ? 10_000 : 60, tally);
        case WORKLOADS -> EveryWorkload.run(isFull ? 3 : 2, tally);
        case OPENINGS -> EveryOpening.run(isFull ? 2 : 1, tally);
        case FLIPS -> EveryFlip.run(isFull ? 1 : 16, tally);
      }
      return tally.result(set.name().toLowerCase(Locale.ROOT), began);
    }
  }

  /// A small world, so that all of it can be gone through.
  static Shape shape(int zones, int zoneBlocks, boolean hasStaging, int keys) {
    return new Shape(
        new Geometry(zones, zoneBlocks, zoneBlocks, 512, 8192, 8, 10),
        StoreOptions.defaults()
            .withMemtableBytes(MIB)
            .withMemoryBudgetBytes(10 * MIB)
            .withBlockBytes(512)
            .withCompression(Compression.NONE),
        hasStaging,
        true,
        true,
        Shape.Order.RANDOM,
        Scheduler.Picking.RANDOM,
        8,
        1,
        keys,
        300,
        false);
  }
}
