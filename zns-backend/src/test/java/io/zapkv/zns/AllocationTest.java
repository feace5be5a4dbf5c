package io.zapkv.zns;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class AllocationTest {
  private static final int BLOCK = 512;
  private static final int DEPTH = 16;
  private static final int ROUNDS_IN_A_ZONE = 8192 / DEPTH - 2;

  @Test
  void anAppendAndAReadInMemoryAllocateNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Arena arena = Arena.ofShared();
        ZonedDevice device = ZonedDevices.open("mem:?zones=30&capacity=4MiB&block=512");
        ZoneQueue queue = device.openQueue(2 * DEPTH)) {
      MemorySegment data = arena.allocate(BLOCK, BLOCK);
      MemorySegment target = arena.allocate(BLOCK, BLOCK);
      long[] sum = {0};
      ZoneHandler handler =
          new ZoneHandler() {
            @Override
            public void onDone(long token, int bytes, long address) {
              sum[0] += bytes;
            }

            @Override
            public void onFailed(long token, ZoneFailure failure) {
              throw new AssertionError(failure);
            }
          };
      long least = Long.MAX_VALUE;
      // Interpreted and half-compiled code allocates here and there: the steady state counts. A
      // zone
      // is opened by the first round, which is not measured.
      for (int zone = 0; zone < 30 && least > 0; zone++) {
        load(queue, zone, data, target, handler, 1);
        long before = threads.getCurrentThreadAllocatedBytes();
        load(queue, zone, data, target, handler, ROUNDS_IN_A_ZONE);
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertThat(sum[0]).isPositive();
      assertThat(least).as("bytes for %d operations", ROUNDS_IN_A_ZONE * DEPTH * 2).isZero();
    }
  }

  private static void load(
      ZoneQueue queue,
      int zone,
      MemorySegment data,
      MemorySegment target,
      ZoneHandler handler,
      int rounds) {
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < DEPTH; i++) {
        queue.append(zone, data, ZoneQueue.LINK, i);
        queue.read(ZoneAddress.of(zone, 0), target, 0, i);
      }
      while (queue.outstanding() > 0) {
        queue.await(handler, DEPTH);
      }
    }
  }
}
