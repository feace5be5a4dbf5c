package io.zapkv.ring.uring;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zapkv.ring.Ring;
import io.zapkv.ring.RingContract;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.RingOptions;
import io.zapkv.ring.pool.MemoryFile;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// The ring contract with files that the kernel knows nothing of.
class UringRingOnMemoryTest extends RingContract {
  @TempDir private Path folder;

  @BeforeAll
  static void needsUring() {
    String refusal = UringProbe.refusal();
    assumeTrue(refusal == null, () -> String.valueOf(refusal));
  }

  @Override
  protected Ring openRing(int capacity) {
    return UringRing.open(RingOptions.of(capacity));
  }

  @Override
  protected StuckFile openStuckFile() throws Exception {
    return new PipeFile(folder.resolve("pipe"));
  }

  @Override
  protected RingFile openFile() {
    return new MemoryFile(memory(FILE_BYTES));
  }
}
