package io.zapkv.zns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.ring.Errno;
import io.zapkv.ring.RingException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a device makes of a ring that fails.
class RingFailureTest {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment block = arena.allocate(4096, 4096);
  private final FailingRings rings = new FailingRings();
  private final ZonedDevice device = ZonedDevices.open("mem:?zones=4&capacity=64KiB", rings);
  private final ZoneQueue queue = device.openQueue(4);

  @AfterEach
  void close() {
    boolean isLost = queue.isLost();
    device.close();
    assertThat(rings.closed || isLost).isTrue();
    arena.close();
  }

  @Test
  void a11_anAppendThatFailedOnTheWayHasMovedThePointer() {
    rings.results.add(-Errno.EIO);
    queue.append(0, block, 0, 1);
    queue.append(0, block, 0, 2);
    Completions completions = new Completions().drain(queue);
    assertThat(completions.failed).containsEntry(1L, ZoneFailure.MEDIA_WRITE);
    assertThat(completions.address(2)).isEqualTo(ZoneAddress.of(0, 1));
    // Nothing is in flight any more.
    queue.manage(ZoneAction.RESET, 0, 0, 3);
    assertThat(completions.drain(queue).failed).containsOnlyKeys(1L);
  }

  @Test
  void eachKindOfErrorHasItsFailure() {
    assertThat(failureOf(-Errno.ENOSPC)).isEqualTo(ZoneFailure.MEDIA_WRITE);
    assertThat(failureOf(-Errno.ETIMEDOUT)).isEqualTo(ZoneFailure.TRANSPORT);
    assertThat(failureOf(-Errno.EBADF)).isEqualTo(ZoneFailure.TRANSPORT);
    queue.append(1, block, 0, 1);
    new Completions().drain(queue);
    rings.results.add(-Errno.EIO);
    queue.read(ZoneAddress.of(1, 0), block, 0, 1);
    assertThat(new Completions().drain(queue).failed).containsEntry(1L, ZoneFailure.MEDIA_READ);
    rings.results.add(-Errno.EIO);
    queue.sync(1, 0, 1);
    assertThat(new Completions().drain(queue).failed).containsEntry(1L, ZoneFailure.MEDIA_WRITE);
  }

  private ZoneFailure failureOf(int result) {
    rings.results.add(result);
    queue.append(0, block, 0, 1);
    return new Completions().drain(queue).failed.get(1L);
  }

  @Test
  void aPassingTroubleIsTriedAgainAndNotForEver() {
    rings.results.addAll(List.of(-Errno.EAGAIN, -Errno.EINTR, -Errno.EBUSY));
    queue.append(0, block, 0, 1);
    assertThat(new Completions().drain(queue).address(1)).isEqualTo(ZoneAddress.of(0, 0));
    rings.results.addAll(Collections.nCopies(17, -Errno.EAGAIN));
    queue.append(0, block, 0, 1);
    assertThat(new Completions().drain(queue).failed).containsEntry(1L, ZoneFailure.TRANSPORT);
    assertThat(rings.results).isEmpty();
  }

  @Test
  void s5_aCopyFailsAsTheStepThatFailed() {
    queue.append(0, block, 0, 1);
    new Completions().drain(queue);
    List<ZoneRange> sources = List.of(new ZoneRange(ZoneAddress.of(0, 0), 4096));
    rings.results.add(-Errno.EIO);
    queue.copy(sources, 1, 0, 1);
    assertThat(new Completions().drain(queue).failed).containsEntry(1L, ZoneFailure.MEDIA_READ);
    assertThat(device.report(1).state()).isEqualTo(ZoneState.EMPTY);
    rings.results.addAll(List.of(4096, -Errno.EIO));
    queue.copy(sources, 1, 0, 1);
    assertThat(new Completions().drain(queue).failed).containsEntry(1L, ZoneFailure.MEDIA_WRITE);
    assertThat(device.report(1).writePointerBlocks()).isOne();
  }

  private static RingException refusal() {
    return new RingException("io_uring_enter failed with EBADR", Errno.EBADR, "open it again");
  }

  /// Two appends under way, one chained behind the second, and a fourth that waits for the flush.
  private void submitFour() {
    queue.append(0, block, 0, 1);
    queue.append(1, block, ZoneQueue.LINK, 2);
    queue.append(2, block, 0, 3);
    queue.flush();
    queue.append(3, block, 0, 4);
  }

  private static void assertLost(Completions completions) {
    assertThat(completions.done).isEmpty();
    assertThat(completions.failed)
        .isEqualTo(
            Map.of(
                1L, ZoneFailure.TRANSPORT,
                2L, ZoneFailure.TRANSPORT,
                3L, ZoneFailure.CANCELED,
                4L, ZoneFailure.TRANSPORT));
    assertThat(completions.order).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"flush", "poll", "await"})
  void f17_aRingThatWillNotGoOnFailsWhatIsUnderWayAsOneOfUnknownOutcome(String call) {
    submitFour();
    rings.broken = refusal();
    Completions completions = new Completions();
    switch (call) {
      case "flush" -> queue.flush();
      case "poll" -> queue.poll(completions, 1);
      default -> queue.await(completions, 1);
    }
    assertThat(queue.isLost()).isTrue();
    completions.drain(queue);
    assertLost(completions);
    assertThat(device.stats().ring()).endsWith("a queue is lost: " + refusal().getMessage());
  }

  @Test
  void f18_aQueueThatIsLostFailsAllThatIsSubmittedAndNothingOfItHappens() {
    queue.append(0, block, 0, 1);
    rings.broken = refusal();
    new Completions().drain(queue);
    rings.broken = null;
    for (int round = 0; round < 3; round++) {
      Completions completions = new Completions();
      for (int token = 0; token < 4; token++) {
        assertThat(queue.append(1, block, 0, token)).isTrue();
      }
      assertThat(queue.append(1, block, 0, 4)).isFalse();
      assertThat(queue.await(completions, 3)).isEqualTo(3);
      assertThat(queue.poll(completions, 3)).isEqualTo(1);
      assertThat(completions.failed.values()).containsOnly(ZoneFailure.TRANSPORT);
      assertThat(queue.outstanding()).isZero();
    }
    assertThat(device.report(1).state()).isEqualTo(ZoneState.EMPTY);
    // The others go their own way, and nothing is taken to be under way to the zone.
    try (ZoneQueue other = device.openQueue(1)) {
      other.manage(ZoneAction.RESET, 0, 0, 1);
      assertThat(new Completions().drain(other).failed).isEmpty();
      other.append(0, block, 0, 2);
      assertThat(new Completions().drain(other).address(2)).isEqualTo(ZoneAddress.of(0, 0));
    }
  }

  @Test
  void f18_whatDoesNotComeBackInTimeIsGivenUp() {
    submitFour();
    rings.isSilent = true;
    Completions completions = new Completions();
    while (queue.outstanding() > 0) {
      assertThat(queue.await(completions, 1)).isOne();
    }
    assertLost(completions);
    assertThat(queue.isLost()).isTrue();
    assertThat(rings.cancelled).hasSize(3);
    assertThat(device.stats().ring()).contains("a queue is lost: 3 operations did not come back");
    queue.close();
    assertThat(rings.openRings).as("all came back when they were cancelled").isZero();
  }

  @Test
  void f18_aRingThatKeepsWhatWasCancelledIsNeverClosed() {
    submitFour();
    rings.isSilent = true;
    rings.isDeaf = true;
    assertLost(new Completions().drain(queue));
    assertThat(device.stats().ring()).contains("when cancelled, 3 still stayed away");
    queue.close();
    device.close();
    assertThat(rings.openRings).isOne();
    assertThat(rings.closed).isFalse();
    rings.close();
  }

  @Test
  void f17_aQueueForWhichNoRingIsToBeHadIsTheDevicesFailure() {
    rings.refused = refusal();
    assertThatThrownBy(() -> device.openQueue(1))
        .isInstanceOf(DeviceRingException.class)
        .hasMessageContaining("mem:")
        .hasMessageContaining("EBADR");
  }

  @Test
  void ringsAreClosedWhereOpeningFails() {
    FailingRings unused = new FailingRings();
    assertThatThrownBy(() -> ZonedDevices.open("mem:?zones=0", unused))
        .isInstanceOf(GeometryException.class);
    assertThat(unused.closed).isTrue();
  }
}
