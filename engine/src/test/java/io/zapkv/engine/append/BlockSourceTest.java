package io.zapkv.engine.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.api.CorruptionException;
import io.zapkv.api.DeviceException;
import io.zapkv.engine.zone.Lifetime;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import io.zapkv.zns.fault.FaultyDevice;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockSourceTest {
  private static final String DEVICE = "mem:?zones=16&capacity=1MiB&append=32KiB";

  @Test
  void queuedReadsSeeWhatMappedReadsSee() {
    try (ZonedDevice device = ZonedDevices.open(DEVICE);
        Workshop workshop = new Workshop(device)) {
      AppendStream stream = workshop.stream(Lifetime.SHARED, 32 << 10, 4);
      Workshop.write(stream, 30, 1);
      stream.drain();
      int zone = ZoneAddress.zone(stream.address(0));
      long written = device.report(zone).writePointerBlocks() * 4096;
      try (BlockSource queued = new BlockSource(new FaultyDevice(device, ""), 1)) {
        long start = ZoneAddress.of(zone, 0);
        assertThat(queued.inPlace(start)).isNull();
        assertThat(workshop.source.inPlace(start)).isNotNull();
        for (int[] range : new int[][] {{0, 1}, {4095, 2}, {1, 100_000}, {70_000, 200_000}}) {
          int length = (int) Math.min(range[1], written - range[0]);
          MemorySegment a = MemorySegment.ofArray(new byte[length]);
          MemorySegment b = MemorySegment.ofArray(new byte[length]);
          queued.read(start, range[0], a);
          workshop.source.read(start, range[0], b);
          assertThat(a.mismatch(b)).isEqualTo(-1);
        }
      }
    }
  }

  @Test
  void aBadReadIsTriedOnceMore() {
    try (Workshop workshop = faulty("read nth=1 fail MEDIA_READ")) {
      workshop.source.read(written(workshop), 0, MemorySegment.ofArray(new byte[100]));
    }
  }

  @Test
  void aPlaceThatCannotBeReadIsCorruption() {
    try (Workshop workshop = faulty("read fail MEDIA_READ")) {
      long address = written(workshop);
      assertThatThrownBy(
              () -> workshop.source.read(address, 0, MemorySegment.ofArray(new byte[100])))
          .isInstanceOf(CorruptionException.class)
          .hasMessageContaining(ZoneAddress.print(address));
    }
  }

  @Test
  void aPlaceThatWasNeverWrittenIsCorruption() {
    try (Workshop workshop = faulty("")) {
      assertThatThrownBy(() ->
              workshop.source.read(ZoneAddress.of(5, 3), 0, MemorySegment.ofArray(new byte[100])))
          .isInstanceOf(CorruptionException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"OFFLINE", "TRANSPORT"})
  void aZoneThatIsGoneIsTheDevicesFault(String failure) {
    try (Workshop workshop = faulty("read fail " + failure)) {
      long address = written(workshop);
      assertThatThrownBy(
              () -> workshop.source.read(address, 0, MemorySegment.ofArray(new byte[100])))
          .isInstanceOf(DeviceException.class);
    }
  }

  @Test
  void aPlaceOutsideOfTheDeviceIsCorruption() {
    try (Workshop workshop = new Workshop(ZonedDevices.open(DEVICE))) {
      MemorySegment target = MemorySegment.ofArray(new byte[100]);
      for (long address :
          new long[] {
            ZoneAddress.NONE,
            ZoneAddress.of(16, 0),
            ZoneAddress.of(2, 256),
            ZoneAddress.of(2, 1L << 39)
          }) {
        assertThatThrownBy(() -> workshop.source.read(address, 0, target))
            .isInstanceOf(CorruptionException.class);
      }
      long last = ZoneAddress.of(2, 255);
      workshop.source.read(last, 4096 - 100, target);
      assertThatThrownBy(() -> workshop.source.read(last, 4096 - 99, target))
          .isInstanceOf(CorruptionException.class);
      assertThatThrownBy(() -> workshop.source.read(last, -1, target))
          .isInstanceOf(CorruptionException.class);
    }
  }

  @Test
  void moreThreadsThanQueuesTakeTurns() throws InterruptedException {
    try (Workshop workshop = faulty("")) {
      AppendStream stream = workshop.stream(Lifetime.SHARED, 32 << 10, 4);
      List<Integer> lengths = Workshop.write(stream, 20, 1);
      stream.drain();
      List<Throwable> failures = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 6; t++) {
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    workshop.verify(stream, lengths, 1);
                  } catch (Throwable e) {
                    synchronized (failures) {
                      failures.add(e);
                    }
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(failures).isEmpty();
    }
  }

  private static Workshop faulty(String rules) {
    return new Workshop(new FaultyDevice(ZonedDevices.open(DEVICE), rules));
  }

  private static long written(Workshop workshop) {
    AppendStream stream = workshop.stream(Lifetime.SHARED, 32 << 10, 4);
    Workshop.write(stream, 1, 1);
    stream.drain();
    return stream.address(0);
  }
}
