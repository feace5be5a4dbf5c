package io.zapkv.engine.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.api.CorruptionException;
import io.zapkv.api.DeviceException;
import io.zapkv.api.OutOfSpaceException;
import io.zapkv.engine.append.BlockSource;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.zone.Extent;
import io.zapkv.engine.zone.ZoneControl;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import io.zapkv.zns.check.CheckedDevice;
import io.zapkv.zns.fault.FaultyDevice;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
  private static final String DEVICE = "mem:?zones=16&capacity=64KiB&block=512&append=8KiB";
  private static final String ROOMY = "mem:?zones=16&capacity=1MiB&block=512&append=8KiB";
  private static final long STORE = 0xABCDEF0123456789L;

  private static Manifest open(ZonedDevice device, boolean writable) {
    try (BlockSource source = new BlockSource(device, 1)) {
      return Manifest.open(device, source, writable);
    }
  }

  private static Recovered read(ZonedDevice device) {
    try (Manifest manifest = open(device, false)) {
      return manifest.recovered();
    }
  }

  @Test
  void anEmptyDeviceIsNotFormatted() {
    try (ZonedDevice device = ZonedDevices.open(DEVICE)) {
      assertThat(open(device, true)).isNull();
      assertThat(open(device, false)).isNull();
      assertThat(device.stats().appends()).isZero();
    }
  }

  @Test
  void aNewStoreIsEmptyAndInItsFirstEpoch() {
    try (ZonedDevice device = ZonedDevices.open(DEVICE)) {
      Manifest.create(device, STORE).close();
      Recovered recovered = read(device);
      assertThat(Histories.print(recovered.version())).isEmpty();
      assertThat(recovered.epoch()).isEqualTo(1);
      assertThat(recovered.storeId()).isEqualTo(STORE);
      assertThat(recovered.logFloor()).isZero();
      assertThat(recovered.nextTableId()).isEqualTo(1);
      assertThat(recovered.generations()).containsOnly(0).hasSize(16);
      assertThat(recovered.superblock().zones()).isEqualTo(16);
      assertThat(recovered.warnings()).isEmpty();
    }
  }

  @Test
  void everyEditIsThereAgain() {
    try (ZonedDevice device = ZonedDevices.open(DEVICE + "&reorder=8")) {
      try (Manifest manifest = Manifest.create(device, STORE)) {
        for (int id = 1; id <= 5; id++) {
          Version version = manifest.append(Histories.flush(id));
          assertThat(Histories.print(version))
              .isEqualTo(Histories.print(Histories.afterFlushes(id)));
        }
      }
      Recovered recovered = read(device);
      assertThat(Histories.print(recovered.version()))
          .isEqualTo(Histories.print(Histories.afterFlushes(5)));
      assertThat(recovered.logFloor()).isEqualTo(500);
      assertThat(recovered.nextTableId()).isEqualTo(6);
      assertThat(recovered.generations()[10]).isEqualTo(5);
    }
  }

  @Test
  void eachOpeningForWritingIsAnEpochAndOpeningForReadingWritesNothing() {
    try (ZonedDevice device = ZonedDevices.open(DEVICE)) {
      Manifest.create(device, STORE).close();
      for (int epoch = 2; epoch < 6; epoch++) {
        try (Manifest manifest = open(device, true)) {
          assertThat(manifest.recovered().epoch()).isEqualTo(epoch);
          assertThat(manifest.recovered().warnings()).isEmpty();
        }
        DeviceImage before = DeviceImage.of(device);
        assertThat(read(device).epoch()).isEqualTo(epoch);
        assertThat(DeviceImage.of(device).bytes(0)).isEqualTo(before.bytes(0));
        assertThat(DeviceImage.of(device).bytes(1)).isEqualTo(before.bytes(1));
      }
    }
  }

  /// What was read may be in the device's cache only: a process that was killed has not synced it.
  @Test
  void theCopyThatIsKeptSurvivesAPowerCutBeforeTheOtherIsReset() {
    try (ZonedDevice inner = ZonedDevices.open(DEVICE)) {
      Manifest.create(inner, STORE).close();
      DeviceImage before = DeviceImage.of(inner);
      FaultyDevice device = new FaultyDevice(inner, "sync zone=1 nth=1 fail TRANSPORT");
      assertThatThrownBy(() -> open(device, true)).isInstanceOf(DeviceException.class);
      assertThat(DeviceImage.of(inner).bytes(0)).isEqualTo(before.bytes(0));
      assertThat(DeviceImage.of(inner).bytes(1)).isEqualTo(before.bytes(1));
    }
  }

  /// A power cut may finish both metadata zones and bring zones back whose resets are lost.
  @Test
  void whereOthersHoldAllSlotsTheyAreFinishedForTheJournals() {
    try (ZonedDevice device = ZonedDevices.open(DEVICE + "&open=4&active=4");
        ZoneControl control = new ZoneControl(device)) {
      Manifest.create(device, STORE).close();
      for (int zone : new int[] {0, 1}) {
        assertThat(control.run(ZoneAction.FINISH, zone)).isNull();
      }
      for (int zone : new int[] {2, 3, 4}) {
        assertThat(control.run(ZoneAction.OPEN, zone)).isNull();
      }
      open(device, true).close();
      assertThat(device.report(2).state()).isEqualTo(ZoneState.EXPLICITLY_OPEN);
      assertThat(device.report(4).state()).isEqualTo(ZoneState.FULL);
    }
  }

  @Test
  void anEditIsInBothZonesAndSyncedWhenItReturns() {
    try (ZonedDevice device = ZonedDevices.open(DEVICE);
        Manifest manifest = Manifest.create(device, STORE)) {
      long syncs = device.stats().syncs();
      long appends = device.stats().appends();
      manifest.append(Histories.flush(1));
      assertThat(device.stats().appends() - appends).isEqualTo(2);
      assertThat(device.stats().syncs() - syncs).isEqualTo(2);
      assertThat(device.report(0).writePointerBlocks())
          .isEqualTo(device.report(1).writePointerBlocks());
    }
  }

  @Test
  void fullZonesAreBegunAnew() {
    try (ZonedDevice device = ZonedDevices.open(DEVICE)) {
      Version model = Version.empty();
      try (Manifest manifest = Manifest.create(device, STORE)) {
        for (int id = 1; id <= 400; id++) {
          VersionEdit edit = id <= 5 ? Histories.flush(id) : replace(id);
          model = model.apply(edit);
          manifest.append(edit);
        }
        assertThat(device.stats().resets()).isGreaterThan(4);
      }
      assertThat(Histories.print(read(device).version())).isEqualTo(Histories.print(model));
      assertThat(read(device).nextTableId()).isEqualTo(401);
    }
  }

  private static VersionEdit replace(int id) {
    VersionEdit flush = Histories.flush(id);
    return new VersionEdit(
        flush.added(),
        List.of(new VersionEdit.Removed(0, id - 5)),
        flush.released(),
        flush.logFloor(),
        flush.nextTableId());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void aRandomHistoryIsRemembered(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    try (ZonedDevice device = new CheckedDevice(ZonedDevices.open(ROOMY + "&reorder=" + seed))) {
      ManifestState model = ManifestState.empty(16);
      Manifest manifest = Manifest.create(device, STORE);
      for (int i = 0; i < 200; i++) {
        VersionEdit edit =
            Histories.random(model.version(), random, model.nextTableId(), model.generations());
        model = model.apply(new JournalStep(edit, VersionEdit.UNCHANGED));
        manifest.append(edit);
        if (random.nextInt(20) == 0) {
          manifest.close();
          manifest = open(device, true);
          Recovered found = manifest.recovered();
          assertThat(Histories.print(found.version()))
              .as("seed %d", seed)
              .isEqualTo(Histories.print(model.version()));
          assertThat(found.logFloor()).isEqualTo(model.logFloor());
          assertThat(found.nextTableId()).isEqualTo(model.nextTableId());
          assertThat(found.generations()).isEqualTo(model.generations());
          assertThat(found.warnings()).isEmpty();
        }
      }
      manifest.close();
    }
  }

  @Test
  void anEditLargerThanAnAppendIsOneStep() {
    try (ZonedDevice device = ZonedDevices.open(ROOMY + "&reorder=3")) {
      VersionEdit huge = Histories.huge(1, 300);
      try (Manifest manifest = Manifest.create(device, STORE)) {
        long appends = device.stats().appends();
        manifest.append(huge);
        assertThat(device.stats().appends() - appends).isGreaterThan(2 * 10);
        manifest.append(Histories.flush(500));
      }
      Version expected = Version.empty().apply(huge).apply(Histories.flush(500));
      assertThat(Histories.print(read(device).version())).isEqualTo(Histories.print(expected));
      try (Manifest manifest = open(device, true)) { // now all of it is in a snapshot
        assertThat(Histories.print(manifest.version())).isEqualTo(Histories.print(expected));
      }
      assertThat(Histories.print(read(device).version())).isEqualTo(Histories.print(expected));
    }
  }

  @Test
  void tooManyTablesForTheZonesAreRefusedAndNothingChanges() {
    try (ZonedDevice device = ZonedDevices.open(DEVICE)) {
      try (Manifest manifest = Manifest.create(device, STORE)) {
        manifest.append(Histories.flush(1));
        assertThatThrownBy(() -> manifest.append(Histories.huge(10, 300)))
            .isInstanceOf(OutOfSpaceException.class);
        manifest.append(Histories.flush(2));
      }
      assertThat(Histories.print(read(device).version()))
          .isEqualTo(Histories.print(Histories.afterFlushes(2)));
    }
  }

  @Test
  void aTableInAZoneThatWasResetSinceIsCorruption() {
    try (ZonedDevice device = ZonedDevices.open(DEVICE)) {
      try (Manifest manifest = Manifest.create(device, STORE)) {
        manifest.append(Histories.flush(1));
        VersionEdit wrong =
            new VersionEdit(List.of(), List.of(), List.of(new VersionEdit.Released(5, 1)), -1, -1);
        manifest.append(wrong);
      }
      assertThatThrownBy(() -> read(device))
          .isInstanceOf(CorruptionException.class)
          .hasMessageContaining("table 1 in zone 5");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "append zone=0 nth=2 fail MEDIA_WRITE",
        "append zone=1 nth=2 fail MEDIA_WRITE after",
        "append zone=1 nth=3 fail FULL",
        "append zone=0 nth=1 fail TRANSPORT after"
      })
  void aZoneThatLosesAnAppendIsBegunAnew(String rule) {
    try (ZonedDevice device = ZonedDevices.open(DEVICE)) {
      FaultyDevice faulty = new FaultyDevice(device, "");
      try (Manifest manifest = Manifest.create(faulty, STORE)) {
        faulty.add(rule);
        for (int id = 1; id <= 5; id++) {
          manifest.append(Histories.flush(id));
        }
        assertThat(faulty.fired()).isEqualTo(1);
      }
      for (int zone = 0; zone < 2; zone++) { // either suffices
        DeviceImage one = DeviceImage.of(device).cut(zone, 0);
        try (ZonedDevice half = one.restore(DEVICE)) {
          assertThat(Histories.print(read(half).version()))
              .isEqualTo(Histories.print(Histories.afterFlushes(5)));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"READ_ONLY", "OFFLINE", "MEDIA_WRITE"})
  void aZoneThatCannotBeBegunAnewEndsWritingAndNotReading(String failure) {
    try (ZonedDevice device = ZonedDevices.open(DEVICE)) {
      FaultyDevice faulty = new FaultyDevice(device, "");
      try (Manifest manifest = Manifest.create(faulty, STORE)) {
        manifest.append(Histories.flush(1));
        faulty.add("append zone=1 fail " + failure + "\nreset zone=1 fail " + failure);
        assertThatThrownBy(() -> manifest.append(Histories.flush(2)))
            .isInstanceOf(DeviceException.class);
        assertThatThrownBy(() -> manifest.append(Histories.flush(2)))
            .isInstanceOf(DeviceException.class)
            .hasCauseInstanceOf(DeviceException.class);
      }
      assertThat(Histories.print(read(device).version()))
          .isIn(
              Histories.print(Histories.afterFlushes(1)),
              Histories.print(Histories.afterFlushes(2)));
      assertThatThrownBy(() -> open(faulty, true)).isInstanceOf(DeviceException.class);
      assertThat(Histories.print(read(device).version()))
          .isNotEqualTo(Histories.print(Version.empty()));
    }
  }

  @Test
  void aFailedSyncEndsWriting() {
    try (ZonedDevice device = ZonedDevices.open(DEVICE)) {
      FaultyDevice faulty = new FaultyDevice(device, "");
      try (Manifest manifest = Manifest.create(faulty, STORE)) {
        manifest.append(Histories.flush(1));
        faulty.add("sync zone=1 nth=1 fail TRANSPORT");
        assertThatThrownBy(() -> manifest.append(Histories.flush(2)))
            .isInstanceOf(DeviceException.class);
        assertThatThrownBy(() -> manifest.append(Histories.flush(3)))
            .isInstanceOf(DeviceException.class);
      }
    }
  }

  @Test
  void anErasedDeviceIsNotFormatted() {
    try (ZonedDevice device = ZonedDevices.open(DEVICE)) {
      try (Manifest manifest = Manifest.create(device, STORE)) {
        manifest.append(Histories.flush(1));
      }
      DeviceImage.write(device, 7, new byte[1024]);
      Manifest.erase(device);
      assertThat(device.report()).allMatch(report -> report.state() == ZoneState.EMPTY);
      assertThat(open(device, true)).isNull();
      Manifest.create(device, 1).close();
      assertThat(read(device).storeId()).isEqualTo(1);
    }
  }

  @Test
  void aTableKeepsEveryFieldItHas() {
    TableMeta table =
        new TableMeta(
            Long.MAX_VALUE,
            7,
            new byte[0],
            new byte[] {-1, 0, 1},
            0,
            (1L << 56) - 1,
            5,
            5,
            Long.MAX_VALUE,
            99,
            Long.MAX_VALUE,
            List.of(new Extent(3, 0, 1L << 40)));
    VersionEdit edit =
        new VersionEdit(List.of(new VersionEdit.Placed(6, table)), List.of(), List.of(), -1, -1);
    byte[] bytes = EditWriter.encode(new JournalStep(edit, 4));
    JournalStep read = EditReader.decode("here", bytes);
    assertThat(read.epoch()).isEqualTo(4);
    assertThat(read.edit().logFloor()).isEqualTo(VersionEdit.UNCHANGED);
    assertThat(read.edit().added().get(0).table().largest()).containsExactly(-1, 0, 1);
    assertThat(EditWriter.encode(read)).isEqualTo(bytes);
    for (int length = 1; length < bytes.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(bytes, length);
      if (length != 2) { // a whole field, and nothing behind it
        assertThatThrownBy(() -> EditReader.decode("here", cut))
            .isInstanceOf(CorruptionException.class);
      }
    }
  }
}
