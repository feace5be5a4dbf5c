package io.zapkv.ring.sim;

import io.zapkv.ring.Ring;
import io.zapkv.ring.RingContract;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.pool.MemoryFile;

/// The ring contract in virtual time, on memory.
class SimRingOnMemoryTest extends RingContract {
  private final SimClock clock = new SimClock();
  private long nextSeed = seed();

  @Override
  protected Ring openRing(int capacity) {
    return new SimRing(capacity, clock, new SimSchedule(nextSeed++), SimFaults.none());
  }

  /// Nothing comes to its end while no time passes.
  @Override
  protected StuckFile openStuckFile() {
    return new SlowFile(memory(FILE_BYTES));
  }

  @Override
  protected long shortNanos() {
    return 1;
  }

  @Override
  protected RingFile openFile() {
    return new MemoryFile(memory(FILE_BYTES));
  }
}
