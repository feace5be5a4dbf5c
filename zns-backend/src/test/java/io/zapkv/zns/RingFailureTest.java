package io.zapkv.zns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.ring.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a device makes of a ring that fails.
class RingFailureTest {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment block = arena.allocate(4096, 4096);
  private final FailingRings rings = new FailingRings();
  private final ZonedDevice device = ZonedDevices.open("mem:?zones=4&capacity=64KiB", rings);
  private final ZoneQueue queue = device.openQueue(4);

  @AfterEach
  void close() {
    device.close();
    assertThat(rings.closed).isTrue();
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

  @Test
  void ringsAreClosedWhereOpeningFails() {
    FailingRings unused = new FailingRings();
    assertThatThrownBy(() -> ZonedDevices.open("mem:?zones=0", unused))
        .isInstanceOf(GeometryException.class);
    assertThat(unused.closed).isTrue();
  }
}
