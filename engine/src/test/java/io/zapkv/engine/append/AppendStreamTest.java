package io.zapkv.engine.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.api.DeviceException;
import io.zapkv.api.OutOfSpaceException;
import io.zapkv.engine.format.EnvelopeKind;
import io.zapkv.engine.zone.Extent;
import io.zapkv.engine.zone.Lifetime;
import io.zapkv.engine.zone.ZoneStanding;
import io.zapkv.engine.zone.ZoneUse;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import io.zapkv.zns.check.CheckedDevice;
import io.zapkv.zns.fault.FaultyDevice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AppendStreamTest {
  private static final String DEVICE = "mem:?zones=32&capacity=256KiB&append=32KiB";

  private static Workshop workshop(String rules) {
    return new Workshop(new FaultyDevice(ZonedDevices.open(DEVICE + "&reorder=5"), rules));
  }

  @ParameterizedTest
  @CsvSource({"'', 1", "'', 8", "&reorder=1, 4", "&reorder=2, 8", "&reorder=3, 1"})
  void everyChunkIsWhereItsAddressSays(String order, int inFlightMax) {
    ZonedDevice device = new CheckedDevice(ZonedDevices.open(DEVICE + order));
    try (Workshop workshop = new Workshop(device)) {
      AppendStream stream = workshop.stream(Lifetime.SHARED, 16 << 10, inFlightMax);
      List<Integer> lengths = Workshop.write(stream, 200, 11);
      stream.drain();
      workshop.verify(stream, lengths, 11);
      stream.sync();
      assertThat(stream.resends()).isZero();
    }
  }

  @Test
  void extentsAreTheBlocksOfTheChunksAndTheLedgerHasThem() {
    try (Workshop workshop = new Workshop(ZonedDevices.open(DEVICE + "&reorder=9"))) {
      AppendStream stream = workshop.stream(Lifetime.SHARED, 16 << 10, 4);
      List<Integer> lengths = Workshop.write(stream, 100, 1);
      stream.drain();
      long blocks = lengths.stream().mapToLong(stream::chunkBlocks).sum();
      assertThat(stream.extents().stream().mapToLong(Extent::blocks).sum()).isEqualTo(blocks);
      assertThat(stream.extents()).hasSizeGreaterThan(1);
      for (Extent extent : stream.extents()) {
        assertThat(workshop.ledger.liveBlocks(extent.zone())).isEqualTo(extent.blocks());
        assertThat(workshop.ledger.liveFiles(extent.zone())).isEqualTo(1);
      }
    }
  }

  @Test
  void aZoneThatIsPaddedIsFullByItself() {
    try (Workshop workshop = new Workshop(ZonedDevices.open(DEVICE))) {
      AppendStream stream = workshop.stream(Lifetime.ZONE, 16 << 10, 4);
      assertThat(stream.remainingBlocks()).isEqualTo(64);
      List<Integer> lengths = Workshop.write(stream, 10, 1);
      stream.drain();
      int zone = stream.extents().get(0).zone();
      stream.pad();
      assertThat(workshop.device.report(zone).state()).isEqualTo(ZoneState.FULL);
      assertThat(workshop.device.stats().finishes()).isZero();
      assertThat(workshop.allocator.standings().get(zone).use()).isEqualTo(ZoneUse.SEALED);
      workshop.verify(stream, lengths, 1);
    }
  }

  @Test
  void aZoneFilledToItsLastBlockIsFullByItself() {
    try (Workshop workshop = new Workshop(ZonedDevices.open(DEVICE))) {
      AppendStream stream = workshop.stream(Lifetime.ZONE, 16 << 10, 4);
      for (int i = 0; i < 16; i++) {
        stream.submit(stream.buffer(), EnvelopeKind.TABLE_DATA, stream.payloadBytesMax());
      }
      stream.drain();
      assertThat(stream.remainingBlocks()).isZero();
      assertThat(stream.extents()).hasSize(1);
      int zone = stream.extents().get(0).zone();
      assertThat(workshop.device.report(zone).state()).isEqualTo(ZoneState.FULL);
    }
  }

  @Test
  void streamsOfSeveralThreadsShareOneZoneWhereSlotsAreFew() throws InterruptedException {
    // Four slots: two for metadata, one for the log; one is left for three streams.
    try (Workshop workshop =
        new Workshop(ZonedDevices.open(DEVICE + "&reorder=2&open=4&active=4"))) {
      List<Thread> threads = new ArrayList<>();
      List<Throwable> failures = new ArrayList<>();
      List<AppendStream> streams = new ArrayList<>();
      Set<Long> addresses = new HashSet<>();
      for (int t = 0; t < 3; t++) {
        streams.add(workshop.stream(Lifetime.SHARED, 8 << 10, 4));
      }
      for (int t = 0; t < 3; t++) {
        AppendStream stream = streams.get(t);
        int seed = t;
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  try {
                    List<Integer> lengths = Workshop.write(stream, 150, seed);
                    stream.drain();
                    workshop.verify(stream, lengths, seed);
                    stream.begin(7); // hands the zone back
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
      for (AppendStream stream : streams) {
        assertThat(stream.resends()).isZero();
        for (int i = 0; i < stream.chunks(); i++) {
          assertThat(addresses.add(stream.address(i))).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "append nth=1 fail FULL",
        "append nth=3 fail FULL\nappend nth=4 fail FULL\nappend nth=5 fail BOUNDARY",
        "append nth=2 fail BOUNDARY",
        "append nth=4 fail MEDIA_WRITE",
        "append nth=4 fail MEDIA_WRITE after",
        "append nth=1 fail TRANSPORT\nappend nth=9 fail TRANSPORT after",
        "append nth=2 fail TOO_MANY_OPEN\nappend nth=3 fail TOO_MANY_OPEN",
        "append nth=1 fail TOO_MANY_ACTIVE",
        "append zone=3 fail READ_ONLY",
        "append zone=2 fail OFFLINE\nappend zone=4 fail READ_ONLY",
        "append nth=50 fail OFFLINE\nappend nth=51 fail FULL\nappend nth=52 fail MEDIA_WRITE after"
      })
  void aChunkThatAZoneRefusesGoesToAnother(String rules) {
    try (Workshop workshop = workshop(rules)) {
      AppendStream stream = workshop.stream(Lifetime.SHARED, 16 << 10, 4);
      List<Integer> lengths = Workshop.write(stream, 100, 23);
      stream.drain();
      workshop.verify(stream, lengths, 23);
      assertThat(stream.resends()).isPositive();
      assertThat(((FaultyDevice) workshop.device).fired()).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"MEDIA_WRITE", "MEDIA_WRITE after", "READ_ONLY", "OFFLINE", "FULL"})
  void aZoneThatFailedIsNeverAppendedToAgain(String failure) {
    try (Workshop workshop = workshop("append nth=2 fail " + failure)) {
      AppendStream stream = workshop.stream(Lifetime.SHARED, 4 << 10, 1);
      Workshop.write(stream, 1, 23);
      stream.drain();
      int zone = ZoneAddress.zone(stream.address(0));
      Workshop.write(stream, 1, 23);
      stream.drain();
      assertThat(ZoneAddress.zone(stream.address(1))).isNotEqualTo(zone);
      ((FaultyDevice) workshop.device).add("append zone=" + zone + " fail INVALID_WRITE");
      stream.begin(8);
      Workshop.write(stream, 500, 23);
      stream.drain();
      assertThat(workshop.allocator.standings().get(zone).use()).isEqualTo(ZoneUse.SEALED);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"MEDIA_WRITE", "TOO_MANY_OPEN", "TOO_MANY_ACTIVE", "TRANSPORT", "FULL"})
  void aDeviceThatAlwaysFailsIsGivenUp(String failure) {
    try (Workshop workshop = workshop("append fail " + failure)) {
      AppendStream stream = workshop.stream(Lifetime.SHARED, 16 << 10, 4);
      assertThatThrownBy(
              () -> {
                Workshop.write(stream, 10, 23);
                stream.drain();
              })
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining(failure);
      assertThat(((FaultyDevice) workshop.device).fired())
          .isLessThanOrEqualTo(4L * AppendStream.SENDS_MAX);
      assertThatThrownBy(stream::buffer).isInstanceOf(DeviceException.class);
      stream.abandon();
    }
  }

  @Test
  void aLackOfDescriptorsIsToldAtOnceAndCondemnsNoZone() {
    try (Workshop workshop = workshop("append nth=2 fail TOO_MANY_FILES")) {
      AppendStream stream = workshop.stream(Lifetime.SHARED, 4 << 10, 1);
      Workshop.write(stream, 1, 23);
      stream.drain();
      int zone = ZoneAddress.zone(stream.address(0));
      assertThatThrownBy(
              () -> {
                Workshop.write(stream, 1, 23);
                stream.drain();
              })
          .isInstanceOfSatisfying(
              DeviceException.class, e -> assertThat(e.advice()).contains("ulimit -n"))
          .hasMessageContaining("TOO_MANY_FILES");
      assertThat(((FaultyDevice) workshop.device).fired()).isOne();
      stream.abandon();
      assertThat(workshop.allocator.standings().get(zone).use()).isNotEqualTo(ZoneUse.SEALED);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INVALID_WRITE",
        "INVALID_TRANSITION",
        "MEDIA_READ",
        "UNWRITTEN",
        "CANCELED",
        "PROTOCOL"
      })
  void anAnswerThatNoAppendCanHavePoisonsTheStream(String failure) {
    try (Workshop workshop = workshop("append nth=3 fail " + failure)) {
      AppendStream stream = workshop.stream(Lifetime.SHARED, 16 << 10, 4);
      assertThatThrownBy(
              () -> {
                Workshop.write(stream, 10, 23);
                stream.drain();
              })
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining(failure);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void aWrongAddressIsNotBelieved(int nth) {
    try (Workshop workshop = workshop("lie nth=" + nth)) {
      AppendStream stream = workshop.stream(Lifetime.SHARED, 16 << 10, 1);
      assertThatThrownBy(
              () -> {
                Workshop.write(stream, 60, 23);
                stream.drain();
              })
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("free blocks");
      assertThatThrownBy(stream::drain).isInstanceOf(DeviceException.class);
    }
  }

  @Test
  void aFailedSyncIsFinal() {
    try (Workshop workshop = workshop("sync nth=1 fail TRANSPORT")) {
      AppendStream stream = workshop.stream(Lifetime.SHARED, 16 << 10, 4);
      Workshop.write(stream, 10, 23);
      stream.drain();
      assertThatThrownBy(stream::sync).isInstanceOf(DeviceException.class);
      assertThatThrownBy(stream::sync).isInstanceOf(DeviceException.class);
    }
  }

  @Test
  void aSyncCoversEveryZoneTouchedSinceTheLast() {
    try (Workshop workshop = new Workshop(ZonedDevices.open(DEVICE))) {
      AppendStream stream = workshop.stream(Lifetime.SHARED, 16 << 10, 4);
      Workshop.write(stream, 100, 23);
      stream.drain();
      stream.sync();
      assertThat(workshop.device.stats().syncs()).isEqualTo(stream.extents().size());
      stream.sync();
      assertThat(workshop.device.stats().syncs()).isEqualTo(stream.extents().size());
    }
  }

  @Test
  void anAbandonedFileLeavesItsZonesToNobody() {
    try (Workshop workshop = new Workshop(ZonedDevices.open(DEVICE))) {
      AppendStream stream = workshop.stream(Lifetime.SHARED, 16 << 10, 4);
      Workshop.write(stream, 50, 23);
      stream.abandon();
      for (ZoneStanding zone : workshop.allocator.standings()) {
        assertThat(zone.liveBlocks()).isZero();
        assertThat(zone.liveFiles()).isZero();
      }
      int[] retired = workshop.allocator.retire();
      assertThat(retired).isNotEmpty();
      workshop.allocator.released(retired);
      assertThat(workshop.allocator.reclaim()).isEqualTo(retired.length);
      assertThat(workshop.allocator.emptyZones()).isEqualTo(30);
      assertThat(workshop.ledger.generation(retired[0])).isEqualTo(1);
    }
  }

  @Test
  void aStreamWithoutAZoneGoesOnWhenThereIsOneAgain() {
    try (Workshop workshop =
        new Workshop(ZonedDevices.open("mem:?zones=9&capacity=64KiB&append=16KiB"))) {
      AppendStream first = workshop.stream(Lifetime.SHARED, 16 << 10, 4);
      for (int i = 0; i < 4 * 4; i++) {
        first.submit(first.buffer(), EnvelopeKind.TABLE_DATA, first.payloadBytesMax());
      }
      first.drain();
      AppendStream second = workshop.stream(Lifetime.SHARED, 16 << 10, 4);
      assertThatThrownBy(() -> Workshop.write(second, 100, 5))
          .isInstanceOf(OutOfSpaceException.class);
      int sent = second.chunks();
      workshop.ledger.drop(first.extents());
      first.begin(1);
      int[] retired = workshop.allocator.retire();
      workshop.allocator.released(retired);
      workshop.allocator.reclaim();
      second.drain();
      assertThat(second.chunks()).isEqualTo(sent);
      for (int i = 0; i < sent; i++) {
        assertThat(second.address(i)).isNotEqualTo(ZoneAddress.NONE);
      }
    }
  }

  @Test
  void anotherFileBeginsWithOrdinalZero() {
    try (Workshop workshop = new Workshop(ZonedDevices.open(DEVICE))) {
      AppendStream stream = workshop.stream(Lifetime.SHARED, 16 << 10, 4);
      Workshop.write(stream, 5, 23);
      stream.drain();
      stream.begin(7);
      assertThat(stream.extents()).isEmpty();
      List<Integer> lengths = Workshop.write(stream, 5, 24);
      stream.drain();
      workshop.verify(stream, lengths, 24);
    }
  }

  @Test
  void aBufferThatWasGivenAwayCannotBeUsed() {
    try (Workshop workshop = new Workshop(ZonedDevices.open(DEVICE))) {
      AppendStream stream = workshop.stream(Lifetime.SHARED, 16 << 10, 4);
      ChunkBuffer buffer = stream.buffer();
      stream.submit(buffer, EnvelopeKind.TABLE_DATA, 10);
      assertThatThrownBy(buffer::payload).isInstanceOf(AssertionError.class);
      ChunkBuffer other = stream.buffer();
      other.discard();
      assertThatThrownBy(other::discard).isInstanceOf(AssertionError.class);
    }
  }
}
