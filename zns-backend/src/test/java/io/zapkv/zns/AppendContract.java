package io.zapkv.zns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Test;

/// The append contract, rule by rule.
abstract class AppendContract extends ZonedDeviceFixture {
  @Test
  void a1_aCompletionCarriesTokenBytesAndAddressApart() {
    long token = 0xFEDC_BA98_7654_3210L;
    assertThat(queue.append(5, blocks(3, 1), 0, token)).isTrue();
    Completions completions = new Completions().drain(queue);
    assertThat(completions.done)
        .containsExactly(Map.entry(token, new Completions.Done(3 * BLOCK, ZoneAddress.of(5, 0))));
  }

  @Test
  void a2_anAppendThatDoesNotFitWritesNothing() {
    fill(1, ZONE_BLOCKS - 2);
    queue.append(1, blocks(3, 9), 0, 1);
    Completions completions = new Completions().drain(queue);
    assertThat(completions.failed).containsEntry(1L, ZoneFailure.BOUNDARY);
    assertThat(device.report(1).writePointerBlocks()).isEqualTo(ZONE_BLOCKS - 2);
    queue.append(1, blocks(2, 9), 0, 2);
    assertThat(completions.drain(queue).address(2)).isEqualTo(ZoneAddress.of(1, ZONE_BLOCKS - 2));
  }

  @Test
  void a3_anAppendAboveTheLimitIsRefusedAtSubmission() {
    assertThatThrownBy(() -> queue.append(0, blocks(APPEND_BLOCKS + 1, 1), 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(Integer.toString(device.geometry().appendBytesMax()));
    assertThat(queue.outstanding()).isZero();
    assertThat(device.report(0).state()).isEqualTo(ZoneState.EMPTY);
  }

  @Test
  void a4_appendsInFlightTileTheZoneInWhateverOrder() {
    for (int token = 0; token < 12; token++) {
      queue.append(2, blocks(1 + token % 2, token), 0, token);
    }
    Completions completions = new Completions().drain(queue);
    Set<Long> covered = new HashSet<>();
    for (int token = 0; token < 12; token++) {
      long address = completions.address(token);
      assertThat(ZoneAddress.zone(address)).isEqualTo(2);
      for (int block = 0; block < 1 + token % 2; block++) {
        assertThat(covered.add(ZoneAddress.block(address) + block)).isTrue();
      }
      assertHolds(address, 1 + token % 2, token);
    }
    assertThat(covered).hasSize(18);
    assertThat(device.report(2).writePointerBlocks()).isEqualTo(18);
  }

  @Test
  void a5_anAppendThatFillsTheZoneLeavesItFull() {
    fill(0, ZONE_BLOCKS);
    assertThat(device.report(0).state()).isEqualTo(ZoneState.FULL);
    queue.append(0, blocks(1, 1), 0, 1);
    assertThat(new Completions().drain(queue).failed).containsEntry(1L, ZoneFailure.FULL);
  }

  @Test
  void a6_completionsThatHadToWaitKeepTheirAddresses() {
    for (int token = 0; token < 16; token++) {
      queue.append(3, blocks(1, token), 0, token);
    }
    Completions completions = new Completions();
    int delivered = 0;
    while (delivered < 16) {
      assertThat(queue.await(completions, 1)).isOne();
      delivered++;
      assertThat(completions.order).hasSize(delivered);
    }
    for (int token = 0; token < 16; token++) {
      assertHolds(completions.address(token), 1, token);
    }
  }

  @Test
  void a7_polledAndAwaitedCompletionsReportAlike() {
    Completions polled = new Completions();
    queue.append(0, blocks(2, 7), 0, 1);
    while (queue.outstanding() > 0) {
      queue.flush();
      queue.poll(polled, 8);
    }
    Completions awaited = new Completions();
    queue.append(1, blocks(2, 7), 0, 1);
    awaited.drain(queue);
    assertThat(polled.done.get(1L).bytes()).isEqualTo(awaited.done.get(1L).bytes());
    assertThat(ZoneAddress.block(polled.address(1)))
        .isEqualTo(ZoneAddress.block(awaited.address(1)));
  }

  @Test
  void a8_whatIsChainedBehindAFailureDoesNotRun() {
    queue.read(ZoneAddress.of(0, 0), blocks(1, 0), ZoneQueue.LINK, 1);
    queue.append(1, blocks(1, 0), ZoneQueue.LINK, 2);
    queue.append(1, blocks(1, 0), 0, 3);
    queue.append(1, blocks(1, 4), 0, 4);
    Completions completions = new Completions().drain(queue);
    assertThat(completions.failed)
        .containsEntry(1L, ZoneFailure.UNWRITTEN)
        .containsEntry(2L, ZoneFailure.CANCELED)
        .containsEntry(3L, ZoneFailure.CANCELED);
    assertThat(completions.address(4)).isEqualTo(ZoneAddress.of(1, 0));
    assertThat(device.report(1).writePointerBlocks()).isOne();
  }

  @Test
  void a8_aChainRunsInItsOrder() {
    for (int token = 0; token < 5; token++) {
      queue.append(1, blocks(1, token), token < 4 ? ZoneQueue.LINK : 0, token);
    }
    Completions completions = new Completions().drain(queue);
    for (int token = 0; token < 5; token++) {
      assertThat(completions.address(token)).isEqualTo(ZoneAddress.of(1, token));
    }
    assertThat(completions.order).containsExactly(0L, 1L, 2L, 3L, 4L);
  }

  @Test
  void a8_aChainGoesOnAcrossAFlush() {
    queue.read(ZoneAddress.of(0, 0), blocks(1, 0), ZoneQueue.LINK, 1);
    Completions completions = new Completions().drain(queue);
    queue.append(1, blocks(1, 0), 0, 2);
    assertThat(completions.drain(queue).failed).containsEntry(2L, ZoneFailure.CANCELED);
    queue.append(1, blocks(1, 0), 0, 3);
    assertThat(completions.drain(queue).address(3)).isEqualTo(ZoneAddress.of(1, 0));
  }

  @Test
  void a9_aWriteMustNameThePointer() {
    queue.write(ZoneAddress.of(4, 1), blocks(1, 1), 0, 1);
    Completions completions = new Completions().drain(queue);
    assertThat(completions.failed).containsEntry(1L, ZoneFailure.INVALID_WRITE);
    assertThat(device.report(4).state()).isEqualTo(ZoneState.EMPTY);
    queue.write(ZoneAddress.of(4, 0), blocks(APPEND_BLOCKS * 2, 6), 0, 2);
    completions.drain(queue);
    assertThat(completions.done)
        .containsEntry(2L, new Completions.Done(APPEND_BLOCKS * 2 * BLOCK, ZoneAddress.NONE));
    assertHolds(ZoneAddress.of(4, 0), APPEND_BLOCKS * 2, 6);
  }

  /// As the thread about zone append had it: appends share the zone, what is larger has it alone.
  @Test
  void a9_largeWritesUnderTheExclusiveLockAndAppendsUnderTheSharedOneTileTheZone()
      throws Exception {
    ReentrantReadWriteLock lock = new ReentrantReadWriteLock(true);
    Map<Long, Integer> places = new ConcurrentHashMap<>(); // address to blocks
    try (ExecutorService pool = Executors.newFixedThreadPool(3)) {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < 3; thread++) {
        boolean isLarge = thread == 0;
        all.add(
            pool.submit(() -> {
              try (ZoneQueue own = device.openQueue(1)) {
                for (int i = 0; i < 2; i++) {
                  if (isLarge) {
                    writeAlone(own, lock.writeLock(), places);
                  } else {
                    appendShared(own, lock.readLock(), places);
                  }
                }
              }
            }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    int written = 2 * (APPEND_BLOCKS + 2) + 4 * 3;
    assertThat(places.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(written);
    assertThat(device.report(2).writePointerBlocks()).isEqualTo(written);
    long next = ZoneAddress.of(2, 0);
    for (long address : places.keySet().stream().sorted().toList()) {
      assertThat(address).isEqualTo(next);
      assertHolds(address, places.get(address), places.get(address));
      next += places.get(address);
    }
  }

  private void writeAlone(ZoneQueue own, Lock lock, Map<Long, Integer> places) {
    int blocks = APPEND_BLOCKS + 2;
    lock.lock();
    try {
      long pointer = ZoneAddress.of(2, device.report(2).writePointerBlocks());
      own.write(pointer, blocks(blocks, blocks), 0, 1);
      assertThat(new Completions().drain(own).failed).isEmpty();
      places.put(pointer, blocks);
    } finally {
      lock.unlock();
    }
  }

  private void appendShared(ZoneQueue own, Lock lock, Map<Long, Integer> places) {
    lock.lock();
    try {
      own.append(2, blocks(3, 3), 0, 1);
      places.put(new Completions().drain(own).address(1), 3);
    } finally {
      lock.unlock();
    }
  }

  @Test
  void a10_aFailedCompletionHasNoAddress() {
    fill(0, ZONE_BLOCKS);
    queue.append(0, blocks(1, 1), 0, 1);
    Completions completions = new Completions().drain(queue);
    assertThat(completions.failed).containsOnlyKeys(1L);
    assertThat(completions.done).isEmpty();
  }

  @Test
  void a11_aReportAfterFailuresSaysWhereTheZoneStands() {
    fill(0, ZONE_BLOCKS - 1);
    for (int token = 0; token < 4; token++) {
      queue.append(0, blocks(2, token), 0, token);
    }
    assertThat(new Completions().drain(queue).failed).hasSize(4);
    ZoneReport report = device.report(0);
    assertThat(report.writePointerBlocks()).isEqualTo(ZONE_BLOCKS - 1);
    queue.append(0, blocks(1, 5), 0, 9);
    assertThat(new Completions().drain(queue).address(9))
        .isEqualTo(ZoneAddress.of(0, report.writePointerBlocks()));
  }

  @Test
  void a12_everyAddressLiesInTheWrittenRangeAndOverlapsNoOther() {
    List<long[]> ranges = new ArrayList<>();
    Completions completions = new Completions();
    int token = 0;
    for (int round = 0; round < 8; round++) {
      for (int zone = 0; zone < 3; zone++) {
        queue.append(zone, blocks(1 + round % 3, token), 0, token++);
      }
    }
    completions.drain(queue);
    for (int i = 0; i < token; i++) {
      long address = completions.address(i);
      int count = completions.done.get((long) i).bytes() / BLOCK;
      assertThat(ZoneAddress.block(address) + count)
          .isLessThanOrEqualTo(device.report(ZoneAddress.zone(address)).writePointerBlocks());
      ranges.add(new long[] {address, address + count});
      assertHolds(address, count, i);
    }
    ranges.sort(Comparator.comparingLong(range -> range[0]));
    for (int i = 1; i < ranges.size(); i++) {
      assertThat(ranges.get(i)[0]).isGreaterThanOrEqualTo(ranges.get(i - 1)[1]);
    }
  }
}
