package io.zapkv.engine.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.api.Compression;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.StoreStats;
import io.zapkv.api.ZapStore;
import io.zapkv.engine.write.StallPolicy;
import io.zapkv.ring.Clock;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// A writer that is faster than the device, in a time that passes only where the device works or
/// the store lets a writer wait: so what is counted can be held to what happened.
class SlowDeviceTest {
  private static final String DEVICE = "mem:?zones=200&capacity=1MiB&append=128KiB";
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults()
          .withMemtableBytes(1 << 20)
          .withMemoryBudgetBytes(16 << 20)
          .withCompression(Compression.NONE);

  /// 128 MiB a second.
  private static final long NANOS_PER_KIB = 7_629;

  private final Time time = new Time();

  @Test
  void whatWritersWaitedIsCountedAndNoPauseIsLongerThanTheBound() {
    Watchdog.within(120, this::writeFasterThanTheDevice);
  }

  private void writeFasterThanTheDevice() {
    ZonedDevice device = new HookedDevice(ZonedDevices.open(DEVICE), time::deviceWorks);
    try (ZapStore store = Engine.open(device, OPTIONS, time)) {
      byte[] value = new byte[1_000];
      long total = 0;
      long longest = 0;
      int slow = 0;
      for (int i = 0; i < 60_000; i++) {
        long begin = time.now.get();
        store.put("key%06d".formatted(i % 20_000).getBytes(StandardCharsets.US_ASCII), value);
        long took = time.now.get() - begin;
        total += took;
        longest = Math.max(longest, took);
        slow += took > 0 ? 1 : 0;
      }
      StoreStats.Writes writes = store.stats().writes();
      System.out.printf(
          "slow device: %d stalls, %d pauses, %.1f ms in stalls, %.1f ms in pauses, %.1f ms in puts,"
              + " longest stall %.1f ms, put %.1f ms%n",
          writes.stalls(),
          time.pauses.get(),
          writes.stallNanosTotal() / 1e6,
          time.pausedNanos.get() / 1e6,
          total / 1e6,
          writes.stallNanosMax() / 1e6,
          longest / 1e6);
      assertThat(writes.operations()).isEqualTo(60_000);
      assertThat(time.pauses.get()).as("the device was too slow").isPositive();
      // Each pause belongs to one stall; a stall without one waited for memory.
      assertThat(writes.stalls()).isBetween(time.pauses.get(), (long) slow);
      assertThat(writes.stallNanosTotal()).isBetween(time.pausedNanos.get(), total);
      assertThat(writes.stallNanosMax()).isBetween(time.pauseMax.get(), longest);
      assertThat(time.pauseMax.get()).isLessThanOrEqualTo(StallPolicy.WAIT_NANOS_MAX);
    }
  }

  @Test
  void aDeviceThatKeepsUpHoldsNobodyBack() {
    Watchdog.within(
        120,
        () -> {
          ZonedDevice device = new HookedDevice(ZonedDevices.open(DEVICE), time::deviceWorks);
          try (ZapStore store = Engine.open(device, OPTIONS, time)) {
            for (int round = 0; round < 20; round++) {
              for (int i = 0; i < 500; i++) {
                store.put(("key" + i).getBytes(StandardCharsets.US_ASCII), new byte[1_000]);
              }
              store.flush(); // until it has caught up
            }
            assertThat(store.stats().writes().stalls()).isZero();
            assertThat(store.stats().writes().stallNanosTotal()).isZero();
            assertThat(time.pauses.get()).isZero();
          }
        });
  }

  /// Passes by what the device does and by what writers wait, one after the other.
  private static final class Time extends TimedEnv {
    final AtomicLong now = new AtomicLong(1_000);
    final AtomicLong pauses = new AtomicLong();
    final AtomicLong pausedNanos = new AtomicLong();
    final AtomicLong pauseMax = new AtomicLong();

    void deviceWorks(long bytes) {
      now.addAndGet(bytes / 1024 * NANOS_PER_KIB);
    }

    @Override
    public Clock clock() {
      return now::get;
    }

    @Override
    public void pause(long nanos) {
      pauses.incrementAndGet();
      pausedNanos.addAndGet(nanos);
      pauseMax.accumulateAndGet(nanos, Math::max);
      now.addAndGet(nanos);
      Thread.yield();
    }
  }
}
