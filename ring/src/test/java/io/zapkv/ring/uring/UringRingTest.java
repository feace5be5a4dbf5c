package io.zapkv.ring.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zapkv.ring.Completions;
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
  protected StuckFile openStuckFile() throws Exception {
    return new PipeFile(folder.resolve("pipe"));
  }

  @Override
  protected RingFile openFile() throws Exception {
    Path path = folder.resolve("file" + files++);
    Files.write(path, new byte[FILE_BYTES]);
    return new InKernel(LinuxFile.open(path, Flag.WRITE));
  }

  /// The kernel itself must let go: nobody ever writes to the pipe.
  @Test
  void whatTheKernelWaitsForIsGivenUp() throws Exception {
    MemorySegment target = memory(16);
    try (StuckFile pipe = openStuckFile();
        Ring ring = openRing(2)) {
      Completions completions = new Completions();
      ring.read(pipe, 0, target, Ring.LINK, 1);
      ring.nop(0, 2);
      assertThat(ring.await(completions, 1, shortNanos())).isZero();
      ring.cancel(1);
      completions.drain(ring);
      assertThat(completions.result(1)).isEqualTo(-Errno.ECANCELED);
      assertThat(completions.result(2)).isEqualTo(-Errno.ECANCELED);
    }
  }

  @Test
  void aWaitWithALimitLastsThatLong() throws Exception {
    try (StuckFile pipe = openStuckFile();
        Ring ring = openRing(2)) {
      ring.read(pipe, 0, memory(16), 0, 1);
      ring.flush();
      long begunNanos = System.nanoTime();
      assertThat(ring.await(new Completions(), 1, 50_000_000)).isZero();
      assertThat(System.nanoTime() - begunNanos).isGreaterThanOrEqualTo(50_000_000);
      pipe.release();
    }
  }
}
