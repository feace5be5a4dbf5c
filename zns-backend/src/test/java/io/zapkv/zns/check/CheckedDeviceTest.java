package io.zapkv.zns.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneGroup;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneRange;
import io.zapkv.zns.ZonedDevices;
import io.zapkv.zns.fault.FaultyDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CheckedDeviceTest {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment block = arena.allocate(4096, 4096);
  private final List<String> told = new ArrayList<>();
  private final ZoneHandler handler =
      new ZoneHandler() {
        @Override
        public void onDone(long token, int bytes, long address) {
          told.add(token + " " + ZoneAddress.print(address));
        }

        @Override
        public void onFailed(long token, ZoneFailure failure) {
          told.add(token + " " + failure);
        }
      };
  private final FaultyDevice faulty =
      new FaultyDevice(ZonedDevices.open("mem:?zones=8&capacity=64KiB"), "");
  private final CheckedDevice device = new CheckedDevice(faulty);
  private final ZoneQueue queue = device.openQueue(8);

  @AfterEach
  void close() {
    queue.close();
    device.close();
    arena.close();
  }

  @Test
  void anHonestDeviceIsBelieved() {
    queue.append(0, block, ZoneQueue.LINK, 1);
    queue.append(ZoneGroup.of(0, 1), block, ZoneQueue.LINK, 2);
    queue.write(ZoneAddress.of(0, 2), block, ZoneQueue.LINK, 3);
    queue.read(ZoneAddress.of(0, 2), block, ZoneQueue.LINK, 4);
    queue.copy(List.of(new ZoneRange(ZoneAddress.of(0, 0), 4096)), 0, 0, 5);
    drain();
    queue.manage(ZoneAction.RESET, 0, ZoneQueue.LINK, 6);
    queue.append(0, block, ZoneQueue.LINK, 7);
    queue.sync(0, 0, 8);
    drain();
    assertThat(told)
        .containsExactly(
            "1 0:0", "2 0:1", "3 none", "4 none", "5 0:3", "6 none", "7 0:0", "8 none");
  }

  @Test
  void a12_anAddressThatOverlapsAnotherIsCaught() {
    faulty.add("lie zone=2 nth=2");
    queue.append(2, block, 0, 1);
    drain();
    queue.append(2, block, 0, 2);
    assertThatThrownBy(this::drain)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("overlaps");
  }

  @Test
  void a12_anAddressAboveThePointerIsCaught() {
    faulty.add("lie zone=2 nth=1");
    queue.append(2, block, 0, 1);
    assertThatThrownBy(this::drain)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("write pointer");
  }

  @Test
  void aQueueThatWasNeverClosedIsTold() {
    CheckedDevice leaky = new CheckedDevice(ZonedDevices.open("mem:?zones=2&capacity=64KiB"));
    leaky.openQueue(1);
    assertThatThrownBy(leaky::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("1 queues");
  }

  private void drain() {
    while (queue.outstanding() > 0) {
      queue.await(handler, 3);
    }
  }
}
