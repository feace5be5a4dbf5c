package io.zapkv.ring.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zapkv.ring.Errno;
import io.zapkv.ring.Ring;
import io.zapkv.ring.RingContract;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.RingOptions;
import io.zapkv.ring.sys.LinuxFile;
import io.zapkv.ring.sys.LinuxFile.Flag;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The ring contract in the kernel, with big entries, as for commands.
class UringRingForCommandsTest extends RingContract {
  @TempDir private Path folder;
  private int files;

  @BeforeAll
  static void needsUring() {
    String refusal = UringProbe.refusal();
    assumeTrue(refusal == null, () -> String.valueOf(refusal));
  }

  @Override
  protected Ring openRing(int capacity) {
    return UringRing.open(RingOptions.of(capacity).withCommands());
  }

  @Override
  protected StuckFile openStuckFile() throws Exception {
    return new PipeFile(folder.resolve("pipe"));
  }

  @Override
  protected RingFile openFile() throws Exception {
    Path path = folder.resolve("file" + files++);
    Files.write(path, new byte[FILE_BYTES]);
    return new InKernel(LinuxFile.open(path, Flag.WRITE));
  }

  /// Numbers of commands that answer something have the highest bit set, as NVMe's have.
  @Test
  void aCommandWhoseNumberHasTheHighestBitReachesTheFile() throws Exception {
    try (Ring ring = openRing(1);
        RingFile file = openFile()) {
      int[] result = {0};
      ring.command(file, 0xC0484E80, MemorySegment.NULL, 0, 1);
      ring.await((_, its, _) -> result[0] = its, 1);
      // A plain file knows no commands; EINVAL would say that the kernel did not even ask it.
      assertThat(result[0]).isEqualTo(-Errno.EOPNOTSUPP);
    }
  }
}
