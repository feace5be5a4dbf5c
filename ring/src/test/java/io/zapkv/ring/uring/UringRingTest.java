package io.zapkv.ring.uring;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zapkv.ring.Ring;
import io.zapkv.ring.RingContract;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.RingOptions;
import io.zapkv.ring.sys.LinuxFile;
import io.zapkv.ring.sys.LinuxFile.Flag;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// The ring contract in the kernel.
class UringRingTest extends RingContract {
  @TempDir private Path folder;
  private int files;

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
  protected RingFile openFile() throws Exception {
    Path path = folder.resolve("file" + files++);
    Files.write(path, new byte[FILE_BYTES]);
    return new InKernel(LinuxFile.open(path, Flag.WRITE));
  }
}
