package io.zapkv.zns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What every zoned device promises: [AppendContract], [ObjectContract], and the rest of a device
/// here. The names of the tests begin with the rule that they hold the device to.
abstract class ZonedDeviceContract extends ObjectContract {
  @Test
  void d5_aReadAtOrAboveThePointerFails() {
    fill(0, 2);
    queue.read(ZoneAddress.of(0, 1), blocks(2, 0), 0, 1);
    queue.read(ZoneAddress.of(0, 2), blocks(1, 0), 0, 2);
    queue.read(ZoneAddress.of(1, 0), blocks(1, 0), 0, 3);
    Completions completions = new Completions().drain(queue);
    assertThat(completions.failed.values())
        .containsExactly(ZoneFailure.UNWRITTEN, ZoneFailure.UNWRITTEN, ZoneFailure.UNWRITTEN);
  }

  @Test
  void d15_anOpenedAndClosedZoneStaysActive() {
    manage(ZoneAction.OPEN, 0);
    manage(ZoneAction.CLOSE, 0);
    assertThat(device.report(0).state()).isEqualTo(ZoneState.CLOSED);
    assertThat(device.report(0).writePointerBlocks()).isZero();
    manage(ZoneAction.RESET, 0);
    assertThat(device.report(0).state()).isEqualTo(ZoneState.EMPTY);
  }

  @Test
  void d18_aResetChainedBehindAnAppendWaitsForIt() {
    queue.append(0, blocks(1, 0), ZoneQueue.LINK, 1);
    queue.manage(ZoneAction.RESET, 0, 0, 2);
    Completions completions = new Completions().drain(queue);
    assertThat(completions.failed).isEmpty();
    assertThat(device.report(0).state()).isEqualTo(ZoneState.EMPTY);
  }

  @Test
  void aFinishedZoneIsFullAndReadableUpToItsData() {
    fill(0, 3);
    manage(ZoneAction.FINISH, 0);
    assertThat(device.report(0).state()).isEqualTo(ZoneState.FULL);
    assertThat(device.report(0).writePointerBlocks()).isEqualTo(ZONE_BLOCKS);
    assertHolds(ZoneAddress.of(0, 2), 1, fillPattern(0, 2));
    queue.read(ZoneAddress.of(0, 3), blocks(1, 0), 0, 1);
    assertThat(new Completions().drain(queue).failed).containsEntry(1L, ZoneFailure.UNWRITTEN);
    assertThat(device.stats().finishes()).isOne();
  }

  @Test
  void aResetZoneIsEmptyAndIsToBeReusedFirst() {
    assertThat(device.report(0).writtenBefore()).isFalse();
    fill(0, 3);
    manage(ZoneAction.RESET, 0);
    ZoneReport report = device.report(0);
    assertThat(report.state()).isEqualTo(ZoneState.EMPTY);
    assertThat(report.writePointerBlocks()).isZero();
    assertThat(report.writtenBefore()).isTrue();
    queue.read(ZoneAddress.of(0, 0), blocks(1, 0), 0, 1);
    assertThat(new Completions().drain(queue).failed).containsEntry(1L, ZoneFailure.UNWRITTEN);
    queue.append(0, blocks(1, 77), 0, 2);
    assertHolds(new Completions().drain(queue).address(2), 1, 77);
  }

  @Test
  void aCommandThatTheStateForbidsFails() {
    queue.manage(ZoneAction.CLOSE, 0, 0, 1);
    assertThat(new Completions().drain(queue).failed)
        .containsEntry(1L, ZoneFailure.INVALID_TRANSITION);
  }

  @Test
  void syncCompletesForOneZoneAndForAll() {
    fill(0, 2);
    queue.sync(0, 0, 1);
    queue.sync(ZoneQueue.ALL_ZONES, 0, 2);
    assertThat(new Completions().drain(queue).done).containsOnlyKeys(1L, 2L);
    assertThat(device.stats().syncs()).isEqualTo(2);
  }

  @Test
  void aFullQueueRefusesAndTakesAgainAfterADelivery() {
    try (ZoneQueue small = device.openQueue(2)) {
      assertThat(small.append(0, blocks(1, 1), 0, 1)).isTrue();
      assertThat(small.append(0, blocks(1, 2), 0, 2)).isTrue();
      assertThat(small.append(0, blocks(1, 3), 0, 3)).isFalse();
      assertThat(small.outstanding()).isEqualTo(2);
      assertThat(small.await(new Completions(), 1)).isOne();
      assertThat(small.append(0, blocks(1, 3), 0, 3)).isTrue();
      assertThat(new Completions().drain(small).failed).isEmpty();
    }
    assertThat(device.report(0).writePointerBlocks()).isEqualTo(3);
  }

  @Test
  void aHandlerMaySubmitAndMustNotPoll() {
    List<Long> tokens = new ArrayList<>();
    ZoneHandler handler =
        new ZoneHandler() {
          @Override
          public void onDone(long token, int bytes, long address) {
            tokens.add(token);
            if (token < 20) {
              assertThat(queue.append(0, blocks(1, token), 0, token + 1)).isTrue();
            }
            assertThatThrownBy(() -> queue.poll(this, 1)).isInstanceOf(IllegalStateException.class);
          }

          @Override
          public void onFailed(long token, ZoneFailure failure) {
            throw new AssertionError(failure);
          }
        };
    queue.append(0, blocks(1, 0), 0, 1);
    while (queue.outstanding() > 0) {
      queue.await(handler, 4);
    }
    assertThat(tokens).hasSize(20);
  }

  @Test
  void wrongArgumentsAreRefusedAtSubmission() {
    MemorySegment block = blocks(1, 0);
    List<Runnable> wrong =
        List.of(
            () -> queue.append(-1, block, 0, 1),
            () -> queue.append(8, block, 0, 1),
            () -> queue.append(ZoneGroup.of(1, 8), block, 0, 1),
            () -> queue.append(0, arena.allocate(100), 0, 1),
            () -> queue.append(0, MemorySegment.NULL, 0, 1),
            () -> queue.append(0, MemorySegment.ofArray(new byte[BLOCK]), 0, 1),
            () -> queue.append(0, block, 2, 1),
            () -> queue.read(ZoneAddress.NONE, block, 0, 1),
            () -> queue.read(ZoneAddress.of(0, 0), block.asReadOnly(), 0, 1),
            () -> queue.sync(8, 0, 1),
            () -> queue.sync(-2, 0, 1),
            () -> queue.copy(List.of(), 0, 0, 1));
    for (Runnable each : wrong) {
      assertThatThrownBy(each::run).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(queue.outstanding()).isZero();
  }

  @Test
  void mappedBytesAreWhatWasWritten() {
    queue.append(1, blocks(2, 5), 0, 1);
    long address = new Completions().drain(queue).address(1);
    MemorySegment mapped = device.mapped(1);
    if (!maps()) {
      assertThat(mapped).isNull();
      return;
    }
    assertThat(mapped).isNotNull();
    assertThat(mapped.isReadOnly()).isTrue();
    assertThat(mapped.asSlice(ZoneAddress.block(address) * BLOCK, 2 * BLOCK).mismatch(blocks(2, 5)))
        .isEqualTo(-1);
  }

  @Test
  void statisticsCountWhatSucceeded() {
    fill(0, 4);
    queue.read(ZoneAddress.of(0, 0), blocks(2, 0), 0, 1);
    queue.read(ZoneAddress.of(5, 0), blocks(2, 0), 0, 2);
    new Completions().drain(queue);
    manage(ZoneAction.RESET, 0);
    DeviceStats stats = device.stats();
    assertThat(stats.appends()).isEqualTo(4);
    assertThat(stats.appendedBytes()).isEqualTo(4 * BLOCK);
    assertThat(stats.reads()).isOne();
    assertThat(stats.readBytes()).isEqualTo(2 * BLOCK);
    assertThat(stats.resets()).isOne();
    queue.close();
    assertThat(device.stats().appends()).isEqualTo(4);
    assertThat(stats.ring()).isNotBlank();
  }

  @Test
  void afterCloseEverythingIsRefusedAndNothingCrashes() {
    fill(0, 1);
    queue.append(0, blocks(1, 0), 0, 1);
    queue.flush();
    device.close();
    device.close();
    queue.close();
    assertThatThrownBy(() -> queue.append(0, blocks(1, 0), 0, 1))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> queue.poll(new Completions(), 1))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> device.report(0)).isInstanceOf(IllegalStateException.class);
    if (maps()) {
      assertThatThrownBy(() -> device.mapped(0)).isInstanceOf(IllegalStateException.class);
    }
    assertThatThrownBy(() -> device.openQueue(1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anInterruptNeitherEndsAWaitNorHurtsTheDevice() {
    Thread.currentThread().interrupt();
    fill(0, 2);
    MemorySegment mapped = device.mapped(0);
    device.staging().map("piece", 8192);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(mapped != null).isEqualTo(maps());
    assertHolds(ZoneAddress.of(0, 1), 1, fillPattern(0, 1));
  }

  @Test
  void stagingPiecesAreMappedByNameAndLength() {
    StagingStore staging = device.staging();
    assertThat(staging.names()).isEmpty();
    MemorySegment piece = staging.map("segment-1", 12345);
    assertThat(piece.byteSize()).isEqualTo(12345);
    assertThat(piece.get(ValueLayout.JAVA_BYTE, 12344)).isZero();
    piece.set(ValueLayout.JAVA_BYTE, 7, (byte) 42);
    assertThat(staging.map("segment-1", 12345).get(ValueLayout.JAVA_BYTE, 7)).isEqualTo((byte) 42);
    assertThatThrownBy(() -> staging.map("segment-1", 999))
        .isInstanceOf(StagingException.class)
        .hasMessageContaining("12345");
    assertThat(staging.names()).containsExactly("segment-1");
    staging.delete("segment-1");
    assertThat(staging.names()).isEmpty();
    piece.set(ValueLayout.JAVA_BYTE, 7, (byte) 43);
    assertThat(staging.map("segment-1", 50).get(ValueLayout.JAVA_BYTE, 7)).isZero();
    assertThatThrownBy(() -> staging.map("../escape", 50))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
