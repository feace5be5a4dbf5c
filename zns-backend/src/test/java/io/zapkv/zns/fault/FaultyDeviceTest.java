package io.zapkv.zns.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZonedDevices;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultyDeviceTest {
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
  private final FaultyDevice device =
      new FaultyDevice(ZonedDevices.open("mem:?zones=8&capacity=64KiB"), "");
  private final ZoneQueue queue = device.openQueue(8);

  @AfterEach
  void close() {
    device.close();
    queue.close();
    arena.close();
  }

  @Test
  void theNthAppendToAZoneFailsWithoutEffect() {
    device.add("append zone=3 nth=2 fail MEDIA_WRITE");
    append(3, 1);
    append(4, 2);
    append(3, 3);
    append(3, 4);
    assertThat(told).containsExactly("1 3:0", "2 4:0", "3 MEDIA_WRITE", "4 3:1");
    assertThat(device.fired()).isOne();
  }

  @Test
  void aFailureAfterTheEffectLeavesAHole() {
    device.add("append zone=3 nth=1 fail TRANSPORT after");
    append(3, 1);
    append(3, 2);
    assertThat(told).containsExactly("1 TRANSPORT", "2 3:1");
  }

  @Test
  void aRealFailureBeforeOneThatIsPlannedForAfterwardsIsToldOnce() {
    device.add("read fail MEDIA_READ after");
    queue.read(ZoneAddress.of(0, 0), block, 0, 1);
    drain();
    assertThat(told).containsExactly("1 UNWRITTEN");
  }

  @Test
  void a8_aPlannedFailureCancelsWhatIsChainedToIt() {
    device.add(
        """
        append zone=0 nth=1 fail MEDIA_WRITE
        append zone=1 nth=1 fail MEDIA_WRITE after
        """);
    for (int zone = 0; zone < 2; zone++) {
      queue.append(zone, block, ZoneQueue.LINK, 1);
      queue.append(2, block, ZoneQueue.LINK, 2);
      queue.sync(2, 0, 3);
      drain();
    }
    assertThat(told)
        .containsExactly(
            "1 MEDIA_WRITE",
            "2 CANCELED",
            "3 CANCELED",
            "1 MEDIA_WRITE",
            "2 CANCELED",
            "3 CANCELED");
    assertThat(device.report(0).writePointerBlocks()).isZero();
    assertThat(device.report(1).writePointerBlocks()).isOne();
    assertThat(device.report(2).writePointerBlocks()).isZero();
  }

  @Test
  void everyOperationCanFail() {
    device.add(
        """
        write fail MEDIA_WRITE    # with a comment

        read fail MEDIA_READ
        open fail TOO_MANY_OPEN
        close fail TRANSPORT
        finish fail OFFLINE
        reset fail READ_ONLY
        sync fail TRANSPORT
        copy fail TRANSPORT
        """);
    append(0, 0);
    queue.write(ZoneAddress.of(0, 1), block, 0, 1);
    queue.read(ZoneAddress.of(0, 0), block, 0, 2);
    queue.manage(ZoneAction.OPEN, 0, 0, 3);
    queue.manage(ZoneAction.CLOSE, 0, 0, 4);
    queue.manage(ZoneAction.FINISH, 0, 0, 5);
    queue.manage(ZoneAction.RESET, 0, 0, 6);
    queue.sync(0, 0, 7);
    queue.copy(List.of(new io.zapkv.zns.ZoneRange(ZoneAddress.of(0, 0), 4096)), 1, 0, 8);
    drain();
    assertThat(told)
        .containsExactly(
            "0 0:0",
            "1 MEDIA_WRITE",
            "2 MEDIA_READ",
            "3 TOO_MANY_OPEN",
            "4 TRANSPORT",
            "5 OFFLINE",
            "6 READ_ONLY",
            "7 TRANSPORT",
            "8 TRANSPORT");
    device.clear();
    append(0, 9);
    assertThat(told).endsWith("9 0:1");
  }

  @Test
  void aLieAnswersAnotherAddress() {
    device.add("lie zone=2 nth=2");
    append(2, 1);
    append(2, 2);
    append(2, 3);
    assertThat(told).containsExactly("1 2:0", "2 2:0", "3 2:2");
  }

  @Test
  void aFullQueueRefusesAndCountsNothing() {
    device.add("append nth=9 fail FULL");
    for (int token = 0; token < 8; token++) {
      assertThat(queue.append(0, block, 0, token)).isTrue();
    }
    assertThat(queue.append(0, block, 0, 8)).isFalse();
    drain();
    append(0, 8);
    assertThat(told).endsWith("8 FULL");
  }

  @Test
  void aRuleThatCannotBeReadIsRefused() {
    for (String rule :
        List.of(
            "append",
            "append fail",
            "append fail NONSENSE",
            "append zone=x fail FULL",
            "append place=3 fail FULL",
            "jump fail FULL",
            "append fail FULL before",
            "lie zone=2 fail FULL")) {
      assertThatThrownBy(() -> FaultRule.parse(rule))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(rule);
    }
  }

  private void append(int zone, long token) {
    queue.append(zone, block, 0, token);
    drain();
  }

  private void drain() {
    while (queue.outstanding() > 0) {
      assertThat(queue.await(handler, 3)).isPositive();
    }
  }
}
