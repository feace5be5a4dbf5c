package io.zapkv.zns;

import io.zapkv.ring.Ring;
import io.zapkv.ring.sim.SimClock;
import io.zapkv.ring.sim.SimFaults;
import io.zapkv.ring.sim.SimRing;
import io.zapkv.ring.sim.SimSchedule;
import java.util.concurrent.atomic.AtomicLong;

/// The contract over rings that move bytes late and complete in an order drawn from a seed.
class SimulatedDeviceTest extends ZonedDeviceContract {
  private static final AtomicLong SEEDS =
      new AtomicLong(Long.getLong("zap.seed", System.nanoTime() & 0xFFFFFFL));

  @Override
  ZonedDevice open() {
    long seed = SEEDS.getAndIncrement();
    System.out.println("seed " + seed + "; replay: -Dtest=SimulatedDeviceTest -Dzap.seed=" + seed);
    return ZonedDevices.open("mem:?reorder=" + seed + "&" + GEOMETRY, new SimRings(seed));
  }

  /// Each ring in a time of its own, so that threads need not share one.
  private static final class SimRings implements RingSource {
    private final AtomicLong seeds;

    SimRings(long seed) {
      seeds = new AtomicLong(seed << 20);
    }

    @Override
    public Ring open(int capacity) {
      return new SimRing(
          capacity, new SimClock(), new SimSchedule(seeds.getAndIncrement()), SimFaults.none());
    }

    @Override
    public String description() {
      return "simulated";
    }

    @Override
    public void close() {}
  }
}
