package io.zapkv.ring.sim;

import io.zapkv.ring.Ring;
import io.zapkv.ring.RingContract;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.pool.ChannelFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// The ring contract in virtual time, on ordinary files.
class SimRingOnFilesTest extends RingContract {
  private final SimClock clock = new SimClock();
  private long nextSeed = seed();

  @Override
  protected Ring openRing(int capacity) {
    return new SimRing(capacity, clock, new SimSchedule(nextSeed++), SimFaults.none());
  }

  @TempDir private Path folder;
  private int files;

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
  protected RingFile openFile() throws Exception {
    Path path = folder.resolve("file" + files++);
    Files.write(path, new byte[FILE_BYTES]);
    return ChannelFile.open(path);
  }
}
