package io.zapkv.ring.pool;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.zapkv.ring.CompletionHandler;
import io.zapkv.ring.Ring;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class AllocationTest {
  private static final int ROUNDS = 2000;
  private static final int DEPTH = 16;

  @Test
  void anOperationOnMemoryAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Arena arena = Arena.ofShared();
        RingWorkers workers = RingWorkers.start(1, Thread::new);
        Ring ring = new ThreadPoolRing(DEPTH, workers)) {
      MemoryFile file = new MemoryFile(arena.allocate(1 << 16));
      MemorySegment buffer = arena.allocate(4096);
      long[] moved = {0};
      CompletionHandler handler = (token, result, _) -> moved[0] += result + token;
      long least = Long.MAX_VALUE;
      // Interpreted and half-compiled code allocates here and there: the steady state counts.
      for (int attempt = 0; attempt < 30 && least > 0; attempt++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        load(ring, file, buffer, handler);
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertThat(moved[0]).isPositive();
      assertThat(least).as("bytes for %d operations", ROUNDS * DEPTH).isZero();
    }
  }

  private static void load(
      Ring ring, MemoryFile file, MemorySegment buffer, CompletionHandler handler) {
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < DEPTH; i += 4) {
        ring.write(file, i * 4096L, buffer, Ring.LINK, i);
        ring.sync(file, 0, i + 1);
        ring.read(file, i * 4096L, buffer, 0, i + 2);
        ring.nop(0, i + 3);
      }
      while (ring.outstanding() > 0) {
        ring.await(handler, DEPTH);
      }
    }
  }
}
