package io.zapkv.engine.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.api.CorruptionException;
import io.zapkv.api.DeviceException;
import io.zapkv.api.NotAStoreException;
import io.zapkv.api.UnsupportedException;
import io.zapkv.api.ZapException;
import io.zapkv.engine.append.BlockSource;
import io.zapkv.engine.format.Crc32c;
import io.zapkv.engine.format.Envelope;
import io.zapkv.engine.format.EnvelopeKind;
import io.zapkv.engine.format.SuperblockDescriptor;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import io.zapkv.zns.fault.FaultyDevice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestDamageTest {
  private static final String DEVICE = "mem:?zones=16&capacity=64KiB&block=512&append=8KiB";
  private static final long STORE = 0xABCDEFL;
  private static final int EDITS = 4;
  private static final int HEAD = 2; // superblock and snapshot, a block each

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

  private static String state(Recovered recovered) {
    return Histories.print(recovered.version());
  }

  private static String flushes(int count) {
    return Histories.print(Histories.afterFlushes(count));
  }

  /// A store with flushes 1 to EDITS, a block each.
  private static ZonedDevice store() {
    ZonedDevice device = ZonedDevices.open(DEVICE);
    try (Manifest manifest = Manifest.create(device, STORE)) {
      for (int id = 1; id <= EDITS; id++) {
        manifest.append(Histories.flush(id));
      }
    }
    assertThat(device.report(0).writePointerBlocks()).isEqualTo(HEAD + EDITS);
    return device;
  }

  @Test
  void aCrashBetweenAnyTwoAppendsLeavesTheLongerHistory() {
    DeviceImage image;
    try (ZonedDevice device = store()) {
      image = DeviceImage.of(device);
    }
    for (int a = 0; a <= HEAD + EDITS; a++) {
      for (int b = 0; b <= HEAD + EDITS; b++) {
        int longer = Math.max(a, b);
        try (ZonedDevice device = image.cut(0, a).cut(1, b).restore(DEVICE)) {
          if (longer < HEAD) {
            assertThat(open(device, true)).as("%d and %d blocks", a, b).isNull();
            Manifest.create(device, STORE).close();
            continue;
          }
          assertThat(state(read(device)))
              .as("%d and %d blocks", a, b)
              .isEqualTo(flushes(longer - HEAD));
          try (Manifest manifest = open(device, true)) {
            assertThat(manifest.recovered().epoch()).isEqualTo(2);
            assertThat(manifest.recovered().warnings()).hasSize(a == b ? 0 : 1);
            manifest.append(Histories.flush(99));
          }
          assertThat(read(device).warnings()).isEmpty();
          assertThat(state(read(device)))
              .isEqualTo(
                  Histories.print(
                      Histories.afterFlushes(longer - HEAD).apply(Histories.flush(99))));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void anyByteOfOneZoneMayChange(int zone) {
    try (ZonedDevice device = store()) {
      MemorySegment bytes = Histories.writable(device, zone);
      for (int at = 0; at < (HEAD + EDITS) * 512; at++) {
        flip(bytes, at);
        assertThat(state(read(device))).as("byte %d", at).isEqualTo(flushes(EDITS));
        flip(bytes, at);
      }
    }
  }

  @Test
  void theSameByteOfBothZonesMayChangeAndIsNoticed() {
    try (ZonedDevice device = store()) {
      MemorySegment first = Histories.writable(device, 0);
      MemorySegment second = Histories.writable(device, 1);
      int lost = 0;
      for (int at = 0; at < (HEAD + EDITS) * 512; at++) {
        flip(first, at);
        flip(second, at);
        try {
          Recovered recovered = read(device);
          if (!state(recovered).equals(flushes(EDITS))) {
            // What was damaged is the last step: it looks as if it had never been finished.
            assertThat(at / 512).as("byte %d", at).isEqualTo(HEAD + EDITS - 1);
            assertThat(state(recovered)).isEqualTo(flushes(EDITS - 1));
            assertThat(recovered.warnings()).hasSize(2);
          }
        } catch (ZapException e) {
          lost++;
        }
        flip(first, at);
        flip(second, at);
      }
      assertThat(lost).isGreaterThan((HEAD + EDITS - 1) * Envelope.BYTES / 2);
    }
  }

  private static void flip(MemorySegment bytes, long at) {
    bytes.set(ValueLayout.JAVA_BYTE, at, (byte) (bytes.get(ValueLayout.JAVA_BYTE, at) ^ 0x20));
  }

  @Test
  void aStepMissingFromTheMiddleOfBothZonesIsCorruption() {
    try (ZonedDevice device = store()) {
      flip(Histories.writable(device, 0), (HEAD + 1) * 512 + 70);
      flip(Histories.writable(device, 1), (HEAD + 1) * 512 + 90);
      assertThatThrownBy(() -> read(device)).isInstanceOf(CorruptionException.class);
      assertThatThrownBy(() -> open(device, true)).isInstanceOf(CorruptionException.class);
    }
  }

  @Test
  void eachZoneMayMissAnotherStep() {
    try (ZonedDevice device = store()) {
      flip(Histories.writable(device, 0), (HEAD + 1) * 512 + 70);
      flip(Histories.writable(device, 1), (HEAD + 2) * 512 + 70);
      assertThat(state(read(device))).isEqualTo(flushes(EDITS));
      try (Manifest manifest = open(device, true)) {
        assertThat(manifest.recovered().warnings()).hasSize(2);
      }
      assertThat(read(device).warnings()).isEmpty();
      assertThat(state(read(device))).isEqualTo(flushes(EDITS));
    }
  }

  @Test
  void aHugeStepIsWholeOrNotThereWhereverItIsCut() {
    String roomy = "mem:?zones=16&capacity=256KiB&block=512&append=4KiB";
    DeviceImage image;
    VersionEdit huge = Histories.huge(10, 60);
    int before;
    try (ZonedDevice device = ZonedDevices.open(roomy)) {
      try (Manifest manifest = Manifest.create(device, STORE)) {
        manifest.append(Histories.flush(1));
        before = (int) device.report(0).writePointerBlocks();
        manifest.append(huge);
      }
      image = DeviceImage.of(device);
    }
    String old = flushes(1);
    String all = Histories.print(Histories.afterFlushes(1).apply(huge));
    int end = image.blocks(0);
    assertThat(end - before).isGreaterThan(24);
    for (int a = before; a <= end; a++) {
      for (int b : new int[] {before, (before + end) / 2, a, end}) {
        try (ZonedDevice device = image.cut(0, a).cut(1, b).restore(roomy)) {
          assertThat(state(read(device)))
              .as("%d and %d of %d blocks", a, b, end)
              .isEqualTo(Math.max(a, b) == end ? all : old);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void aCrashAtAnyOperationLeavesWhatWasAcknowledgedOrOneStepMore(boolean lastOneLands) {
    for (int crash = 1; ; crash++) {
      try (ZonedDevice device = ZonedDevices.open(DEVICE)) {
        FaultyDevice faulty = new FaultyDevice(device, crashAt(crash, lastOneLands));
        int acknowledged = live(faulty);
        checkAfterCrash(device, acknowledged, crash);
        if (faulty.fired() == 0) {
          assertThat(crash).isGreaterThan(50);
          return;
        }
      }
    }
  }

  private static String crashAt(int operation, boolean lastOneLands) {
    StringBuilder rules = new StringBuilder();
    for (int nth = operation; nth < operation + 100; nth++) {
      String after = lastOneLands && nth == operation ? " after" : "";
      rules.append("any nth=").append(nth).append(" fail TRANSPORT").append(after).append('\n');
    }
    return rules.toString();
  }

  /// Creates, edits, reopens, and edits until the zones have been begun anew; -1 before creation.
  private static int live(ZonedDevice device) {
    int acknowledged = -1;
    try {
      try (Manifest manifest = Manifest.create(device, STORE)) {
        acknowledged = 0;
        for (int id = 1; id <= 3; id++) {
          manifest.append(Histories.flush(id));
          acknowledged = id;
        }
      }
      try (Manifest manifest = open(device, true)) {
        for (int id = 4; id <= 6; id++) {
          manifest.append(Histories.flush(id));
          acknowledged = id;
        }
      }
    } catch (DeviceException | CorruptionException e) {
      return acknowledged; // the power is off
    }
    return acknowledged;
  }

  private static void checkAfterCrash(ZonedDevice device, int acknowledged, int crash) {
    for (int again = 0; again < 2; again++) {
      try (Manifest manifest = open(device, true)) {
        if (manifest == null) {
          assertThat(acknowledged).as("operation %d", crash).isEqualTo(-1);
          return;
        }
        String found = state(manifest.recovered());
        int least = Math.max(0, acknowledged);
        assertThat(found).as("operation %d", crash).isIn(flushes(least), flushes(least + 1));
      }
    }
  }

  @Test
  void aCrashWhileOpeningLeavesAStoreThatOpens() {
    for (int crash = 1; ; crash++) {
      try (ZonedDevice device = store()) {
        flip(Histories.writable(device, crash % 2), 512 + Envelope.BYTES); // its snapshot
        FaultyDevice faulty = new FaultyDevice(device, crashAt(crash, crash % 3 == 0));
        try (Manifest manifest = open(faulty, true)) {
          assertThat(state(manifest.recovered())).isEqualTo(flushes(EDITS));
        } catch (ZapException e) {
          assertThat(faulty.fired()).isPositive();
        }
        try (Manifest manifest = open(device, true)) {
          assertThat(state(manifest.recovered())).as("crash %d", crash).isEqualTo(flushes(EDITS));
        }
        if (faulty.fired() == 0) {
          return;
        }
      }
    }
  }

  @Test
  void aDeviceWithOtherDataIsNotAStore() {
    for (int zone : new int[] {0, 1, 2, 15}) {
      try (ZonedDevice device = ZonedDevices.open(DEVICE)) {
        byte[] other = new byte[512];
        other[100] = 1;
        DeviceImage.write(device, zone, other);
        assertThatThrownBy(() -> open(device, true))
            .as("zone %d", zone)
            .isInstanceOf(NotAStoreException.class);
      }
    }
  }

  @Test
  void aCreationWhoseFirstBlockWasLostWithThePowerIsBegunAgain() {
    for (int zone : new int[] {0, 1}) {
      try (ZonedDevice device = ZonedDevices.open(DEVICE)) {
        DeviceImage.write(device, zone, new byte[512]);
        assertThat(open(device, true)).as("zone %d", zone).isNull();
      }
    }
  }

  @Test
  void aStoreThatLostBothJournalsIsCorruptAndNotUnformatted() {
    try (ZonedDevice device = store()) {
      flip(Histories.writable(device, 0), 0);
      flip(Histories.writable(device, 1), 100);
      assertThatThrownBy(() -> open(device, true)).isInstanceOf(CorruptionException.class);
    }
    try (ZonedDevice device = store()) {
      DeviceImage.write(device, 9, new byte[512]);
      DeviceImage image = DeviceImage.of(device);
      try (ZonedDevice bare = image.cut(0, 0).cut(1, 0).restore(DEVICE)) {
        assertThatThrownBy(() -> open(bare, true)).isInstanceOf(NotAStoreException.class);
      }
      try (ZonedDevice bare = image.cut(0, 1).cut(1, 1).restore(DEVICE)) {
        assertThatThrownBy(() -> open(bare, true)).isInstanceOf(CorruptionException.class);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "zones=17&capacity=64KiB&block=512&append=8KiB, 16 (zones",
    "zones=16&capacity=96KiB&size=128KiB&block=512&append=8KiB, 128 (blocks a zone",
    "zones=16&capacity=64KiB&block=4096&append=8KiB, 512 (bytes a block"
  })
  void anotherGeometryIsRefusedByTheNumber(String parameters, String number) {
    byte[] metadata;
    try (ZonedDevice device = store()) {
      metadata = java.util.Arrays.copyOf(DeviceImage.of(device).bytes(0), 4096);
    }
    try (ZonedDevice other = ZonedDevices.open("mem:?" + parameters)) {
      DeviceImage.write(other, 0, metadata);
      assertThatThrownBy(() -> open(other, false))
          .isInstanceOf(UnsupportedException.class)
          .hasMessageContaining(number);
    }
  }

  @Test
  void unknownFeaturesAreRefusedAsFarAsTheyMatter() {
    refused(s -> features(s, 4, 0), true, true);
    refused(s -> features(s, 0, 4), false, true);
    refused(s -> features(s, 0, 0), false, false);
  }

  private static SuperblockDescriptor features(
      SuperblockDescriptor s, long incompatible, long readOnly) {
    return new SuperblockDescriptor(
        incompatible,
        readOnly,
        s.journal(),
        s.snapshotChunks(),
        s.zones(),
        s.blockBytes(),
        s.zoneSizeBlocks(),
        s.zoneCapacityBlocks(),
        s.comparator());
  }

  private static void refused(
      UnaryOperator<SuperblockDescriptor> change, boolean reading, boolean writing) {
    try (ZonedDevice device = store()) {
      for (int zone = 0; zone < 2; zone++) {
        changeSuperblock(device, zone, STORE, change);
      }
      if (reading) {
        assertThatThrownBy(() -> open(device, false)).isInstanceOf(UnsupportedException.class);
      } else {
        assertThat(state(read(device))).isEqualTo(flushes(EDITS));
      }
      if (writing) {
        assertThatThrownBy(() -> open(device, true)).isInstanceOf(UnsupportedException.class);
      } else {
        open(device, true).close();
      }
    }
  }

  private static void changeSuperblock(
      ZonedDevice device, int zone, long storeId, UnaryOperator<SuperblockDescriptor> change) {
    MemorySegment chunk = Histories.writable(device, zone);
    SuperblockDescriptor old = SuperblockDescriptor.read(chunk.asSlice(Envelope.BYTES, 200));
    int length = change.apply(old).write(chunk.asSlice(Envelope.BYTES));
    int checksum = Crc32c.of(chunk, Envelope.BYTES, length);
    new Envelope(
            EnvelopeKind.SUPERBLOCK, storeId, zone, old.journal(), 1, 0, 0, 0, length, checksum)
        .write(chunk);
  }

  @Test
  void aStoreWithAnotherOrderOfKeysIsRefused() {
    try (ZonedDevice device = store()) {
      UnaryOperator<SuperblockDescriptor> backwards =
          s ->
              new SuperblockDescriptor(
                  0,
                  0,
                  s.journal(),
                  1,
                  s.zones(),
                  s.blockBytes(),
                  s.zoneSizeBlocks(),
                  s.zoneCapacityBlocks(),
                  "backwards");
      changeSuperblock(device, 0, STORE, backwards);
      assertThatThrownBy(() -> open(device, false))
          .isInstanceOf(UnsupportedException.class)
          .hasMessageContaining("backwards");
    }
  }

  @Test
  void twoStoresOnOneDeviceAreCorruption() {
    try (ZonedDevice device = store()) {
      changeSuperblock(device, 1, STORE + 1, s -> s);
      assertThatThrownBy(() -> open(device, false))
          .isInstanceOf(CorruptionException.class)
          .hasMessageContaining("store");
    }
    DeviceImage mine;
    DeviceImage other;
    try (ZonedDevice device = store()) {
      mine = DeviceImage.of(device);
    }
    try (ZonedDevice device = ZonedDevices.open(DEVICE)) {
      Manifest.create(device, STORE + 1).close();
      other = DeviceImage.of(device);
    }
    try (ZonedDevice device = mine.with(1, other.bytes(1)).restore(DEVICE)) {
      assertThatThrownBy(() -> open(device, true)).isInstanceOf(CorruptionException.class);
    }
  }

  @Test
  void aNewerReleaseIsRefusedByItsVersion() {
    try (ZonedDevice device = store()) {
      MemorySegment chunk = Histories.writable(device, 1);
      chunk.set(ValueLayout.JAVA_BYTE, 4, (byte) 2);
      chunk.set(ValueLayout.JAVA_INT, 60, Crc32c.of(chunk, 0, 60));
      assertThatThrownBy(() -> open(device, true))
          .isInstanceOf(UnsupportedException.class)
          .hasMessageContaining("version 2");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aZoneThatIsGoneLeavesTheOtherToRead(int zone) {
    try (ZonedDevice device = store()) {
      FaultyDevice faulty = new FaultyDevice(device, "any zone=" + zone + " fail OFFLINE");
      assertThat(state(read(faulty))).isEqualTo(flushes(EDITS));
      assertThat(read(faulty).warnings()).hasSize(1);
      assertThatThrownBy(() -> open(faulty, true)).isInstanceOf(DeviceException.class);
      assertThat(state(read(faulty))).isEqualTo(flushes(EDITS));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, READ_ONLY", "1, READ_ONLY", "0, OFFLINE", "1, OFFLINE"})
  void aZoneThatTakesNoMoreIsNamedBeforeTheOtherIsTouched(int zone, ZoneState sickness) {
    try (ZonedDevice device = store()) {
      List<ZoneReport> before = device.report();
      ZonedDevice sick = new SickDevice(device, zone, sickness, true);
      assertThatThrownBy(() -> open(sick, true))
          .isInstanceOf(DeviceException.class)
          .hasMessageContainingAll("zone " + zone, "metadata", sickness.name())
          .satisfies(e ->
              assertThat(((DeviceException) e).advice()).contains("copy the store to another"));
      assertThat(device.report()).isEqualTo(before);
      assertThat(state(read(sick))).isEqualTo(flushes(EDITS));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aZoneThatTurnsOutToTakeNoMoreIsNamedAndNothingIsLost(int zone) {
    try (ZonedDevice device = store()) {
      ZonedDevice sick = new SickDevice(device, zone, ZoneState.READ_ONLY, false);
      for (int opening = 0; opening < 3; opening++) {
        assertThatThrownBy(() -> open(sick, true))
            .isInstanceOf(DeviceException.class)
            .hasMessageContainingAll("zone " + zone, "metadata", "READ_ONLY");
        assertThat(state(read(sick))).isEqualTo(flushes(EDITS));
      }
    }
  }

  @Test
  void aDeviceThatCannotBeReadIsNotTakenForAnEmptyOne() {
    try (ZonedDevice device = store()) {
      FaultyDevice faulty = new FaultyDevice(device, "read fail TRANSPORT");
      assertThatThrownBy(() -> open(faulty, true)).isInstanceOf(DeviceException.class);
    }
  }
}
