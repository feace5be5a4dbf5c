package io.zapkv.ring.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.zapkv.ring.CompletionHandler;
import io.zapkv.ring.Ring;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.RingOptions;
import io.zapkv.ring.sys.LinuxFile;
import io.zapkv.ring.sys.LinuxFile.Flag;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UringAllocationTest {
  private static final int ROUNDS = 500;
  private static final int DEPTH = 16;

  @TempDir private Path folder;

  @Test
  void anOperationOfTheKernelAllocatesNothing() throws Exception {
    assertThat(leastAllocated(InKernel::new)).isZero();
  }

  @Test
  void anOperationThatIsDoneHereAllocatesNothing() throws Exception {
    assertThat(leastAllocated(file -> file)).isZero();
  }

  private long leastAllocated(Function<LinuxFile, RingFile> how) throws Exception {
    String refusal = UringProbe.refusal();
    assumeTrue(refusal == null, () -> String.valueOf(refusal));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Arena arena = Arena.ofShared();
        LinuxFile opened = LinuxFile.open(folder.resolve("f"), Flag.WRITE, Flag.CREATE);
        Ring ring = UringRing.open(RingOptions.of(DEPTH))) {
      MemorySegment buffer = arena.allocate(4096);
      MemorySegment[] both = {buffer, buffer};
      assertThat(opened.truncate(1 << 18)).isZero();
      RingFile file = how.apply(opened);
      long[] moved = {0};
      CompletionHandler handler = (token, result, _) -> moved[0] += result + token;
      long least = Long.MAX_VALUE;
      // Interpreted and half-compiled code allocates here and there: the steady state counts.
      for (int attempt = 0; attempt < 60 && least > 0; attempt++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        load(ring, file, buffer, both, handler);
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertThat(moved[0]).isPositive();
      return least;
    }
  }

  private static void load(
      Ring ring,
      RingFile file,
      MemorySegment buffer,
      MemorySegment[] both,
      CompletionHandler handler) {
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < DEPTH; i += 4) {
        ring.write(file, i * 4096L, buffer, Ring.LINK, i);
        ring.read(file, i * 4096L, buffer, 0, i + 1);
        ring.writev(file, i * 4096L, both, 2, 0, i + 2);
        ring.nop(0, i + 3);
      }
      ring.flush();
      while (ring.outstanding() > 0) {
        if (ring.poll(handler, DEPTH) == 0) {
          ring.await(handler, DEPTH);
        }
      }
    }
  }
}
