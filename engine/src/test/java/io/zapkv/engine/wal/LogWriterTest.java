package io.zapkv.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.api.ClosedException;
import io.zapkv.api.DeviceException;
import io.zapkv.api.OutOfSpaceException;
import io.zapkv.engine.append.ZoneSource;
import io.zapkv.engine.staging.StagingSegment;
import io.zapkv.engine.wal.Rig.Replayed;
import io.zapkv.engine.zone.Lifetime;
import io.zapkv.engine.zone.Purpose;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogWriterTest {
  private static final long SEGMENT = 64 << 10;

  @ParameterizedTest
  @ValueSource(strings = {"", "&reorder=1", "&reorder=2", "&reorder=3"})
  void whatWasSyncedIsReadBackInOrderAcrossSegmentsAndZones(String reorder) {
    try (Rig rig = new Rig(reorder, SEGMENT)) {
      for (int i = 0; i < 3000; i++) {
        long sequence = rig.put("key" + i, "v".repeat(i % 300));
        if (i % 40 == 0) {
          rig.log.sync(sequence);
        }
      }
      rig.log.sync(rig.batch(List.of("a", "b", "c"), "as one"));

      Replayed replayed = rig.replayZones(Rig.BASE);
      assertThat(replayed.records).isEqualTo(rig.wholeHistory());
      assertThat(replayed.report.endSequence()).isEqualTo(rig.table.endSequence());
      assertThat(replayed.report.isLossy()).isFalse();
      assertThat(replayed.report.hasLeftovers()).isFalse();
      assertThat(replayed.report.epoch()).isEqualTo(Rig.EPOCH);
    }
  }

  @Test
  void whatNobodySyncedIsNotOnTheDevice() {
    try (Rig rig = new Rig("", SEGMENT)) {
      rig.log.sync(rig.put("a", "1"));
      rig.put("b", "2");

      assertThat(rig.replayZones(Rig.BASE).records).containsExactly("a=1@1000");
      assertThat(rig.log.syncedSequence()).isEqualTo(1005);
    }
  }

  @Test
  void aSyncOfWhatIsSyncedDoesNothing() {
    try (Rig rig = new Rig("", SEGMENT)) {
      long first = rig.put("a", "1");
      long second = rig.put("b", "2");
      rig.log.sync(second);
      long appends = rig.device.stats().appends();
      rig.log.sync(first);
      rig.log.sync(second);

      assertThat(rig.device.stats().appends()).isEqualTo(appends);
      assertThat(rig.device.stats().syncs()).isEqualTo(1);
    }
  }

  @Test
  void appendedRecordsLandWithoutASync() {
    try (Rig rig = new Rig("", SEGMENT)) {
      long sequence = rig.put("a", "1");
      rig.log.append(sequence);
      assertThat(rig.device.stats().syncs()).isZero();
      assertThat(rig.replayZones(Rig.BASE).records).hasSize(1);
      rig.log.sync(sequence);
      assertThat(rig.device.stats().syncs()).isEqualTo(1);
      assertThat(rig.device.stats().appends()).isEqualTo(1);
    }
  }

  @Test
  void manySyncersShareSyncs() throws Exception {
    int threads = 8;
    int each = 200;
    try (Rig rig = new Rig("", 1 << 20);
        ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      Future<?>[] writers = new Future<?>[threads];
      for (int t = 0; t < threads; t++) {
        int thread = t;
        writers[t] =
            pool.submit(() -> {
              for (int i = 0; i < each; i++) {
                byte[] key = ("t" + thread + "-" + i).getBytes();
                long sequence = rig.table.add(1, key, 0, key.length, key, 0, key.length);
                rig.log.sync(sequence);
                assertThat(rig.log.syncedSequence()).isGreaterThan(sequence);
              }
            });
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
      assertThat(rig.replayZones(Rig.BASE).records).hasSize(threads * each);
      assertThat(rig.device.stats().syncs()).isLessThanOrEqualTo(threads * each);
    }
  }

  @Test
  void aSyncWaitsForClaimsBeforeItsRecordAndStepsOverTheAbandoned() throws Exception {
    try (Rig rig = new Rig("", SEGMENT);
        ExecutorService pool = Executors.newSingleThreadExecutor()) {
      StagingSegment segment = rig.table.segment();
      long slow = segment.claim(40);
      long given = segment.claim(48);
      segment.abandon(given, 48);
      long sequence = rig.put("b", "2");

      Future<?> syncing = pool.submit(() -> rig.log.sync(sequence));
      assertThatThrownBy(() -> syncing.get(50, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      segment.abandon(slow, 40);
      syncing.get();
      Replayed replayed = rig.replayZones(Rig.BASE);
      assertThat(replayed.records).isEqualTo(rig.wholeHistory());
      assertThat(replayed.report.steppedOverBytes()).isEqualTo(88);
    }
  }

  @Test
  void releasedSegmentsGiveTheirZonesBack() {
    try (Rig rig = new Rig("", SEGMENT)) {
      rig.log.sync(rig.put("a", "1"));
      rig.switchTable();
      long second = rig.put("b", "2");
      rig.log.sync(second);
      assertThat(rig.allocator.retire()).isEmpty();
      assertThat(rig.log.logBlocks()).isEqualTo(2);

      rig.log.released(rig.table.segment().baseSequence());
      assertThat(rig.allocator.retire()).hasSize(1);
      assertThat(rig.log.logBlocks()).isEqualTo(1);
      assertThat(rig.replayZones(rig.table.segment().baseSequence()).records)
          .containsExactly("b=2@" + second);

      rig.switchTable();
      rig.log.released(rig.table.segment().baseSequence());
      assertThat(rig.allocator.retire()).hasSize(1);
      assertThat(rig.log.logBlocks()).isZero();
      rig.log.sync(rig.put("c", "3"));
    }
  }

  @Test
  void aSegmentReleasedBeforeItWasLoggedIsNeverLogged() {
    try (Rig rig = new Rig("", SEGMENT)) {
      rig.put("a", "1");
      rig.switchTable();
      rig.log.released(rig.table.segment().baseSequence());
      long sequence = rig.put("b", "2");
      rig.log.sync(sequence);

      assertThat(rig.device.stats().appends()).isEqualTo(1);
      assertThat(rig.replayZones(rig.table.segment().baseSequence()).records)
          .containsExactly("b=2@" + sequence);
    }
  }

  @Test
  void withoutAZoneASyncFailsAndTheNextOneTriesAgain() {
    AtomicLong refusals = new AtomicLong(2);
    Rig[] made = new Rig[1];
    ZoneSource zones =
        blocks -> {
          if (refusals.getAndDecrement() > 0) {
            throw new OutOfSpaceException("the device", "a zone", "none");
          }
          return made[0].allocator.lease(Lifetime.LOG, blocks, Purpose.LOG);
        };
    try (Rig rig = new Rig("", SEGMENT, zones)) {
      made[0] = rig;
      for (int i = 0; i < 200; i++) {
        rig.put("key" + i, "v".repeat(200)); // several chunks, records across their ends
      }
      long last = rig.put("b", "2");
      assertThatThrownBy(() -> rig.log.sync(last)).isInstanceOf(OutOfSpaceException.class);
      assertThatThrownBy(() -> rig.log.sync(last)).isInstanceOf(OutOfSpaceException.class);
      rig.log.sync(last);

      assertThat(rig.replayZones(Rig.BASE).records).isEqualTo(rig.wholeHistory());
    }
  }

  @Test
  void aFailedWritePoisonsTheLogWithTheFirstCause() {
    DeviceException first = new DeviceException("zone 7", "an append", "nothing", "cry", null);
    ZoneSource zones =
        _ -> {
          throw first;
        };
    try (Rig rig = new Rig("", SEGMENT, zones)) {
      long sequence = rig.put("a", "1");
      assertThatThrownBy(() -> rig.log.sync(sequence)).isSameAs(first);
      assertThatThrownBy(() -> rig.log.sync(sequence))
          .isInstanceOf(DeviceException.class)
          .hasCause(first);
      assertThatThrownBy(() -> rig.log.append(sequence)).hasCause(first);
    }
  }

  @Test
  void whoIsOvertakenByACloseIsToldSoUnlessTheRecordIsInATable() {
    try (Rig rig = new Rig("", SEGMENT)) {
      long inATable = rig.put("a", "1");
      rig.log.released(inATable + 1);
      long inMemory = rig.put("b", "2");
      rig.log.close();
      rig.log.sync(inATable);
      assertThatThrownBy(() -> rig.log.sync(inMemory)).isInstanceOf(ClosedException.class);
      assertThatThrownBy(() -> rig.log.append(inMemory)).isInstanceOf(ClosedException.class);
    }
  }

  @Test
  void aSegmentThatDoesNotFollowTheLastIsABug() {
    try (Rig rig = new Rig("", SEGMENT)) {
      rig.put("a", "1");
      assertThatThrownBy(() -> rig.log.segmentStarted(rig.area.next(rig.table.endSequence())))
          .isInstanceOf(AssertionError.class);
      rig.table.seal();
      assertThatThrownBy(() -> rig.log.segmentStarted(rig.area.next(7)))
          .isInstanceOf(AssertionError.class);
    }
  }
}
