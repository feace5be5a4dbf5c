package io.zapkv.engine.inspect;

import static io.zapkv.engine.inspect.StoreImage.OPTIONS;
import static io.zapkv.engine.inspect.StoreImage.PARAMETERS;
import static io.zapkv.engine.inspect.StoreImage.key;
import static io.zapkv.engine.inspect.StoreImage.put;
import static io.zapkv.engine.inspect.StoreImage.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.Zap;
import io.zapkv.api.Cursor;
import io.zapkv.api.LockedException;
import io.zapkv.api.NotAStoreException;
import io.zapkv.api.OutOfSpaceException;
import io.zapkv.api.UnsupportedException;
import io.zapkv.api.ZapException;
import io.zapkv.api.ZapStore;
import io.zapkv.engine.base.SystemEnv;
import io.zapkv.engine.core.Engine;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Devices that cannot be had: what is said, and that nothing was made or touched.
class DeviceRefusalTest {
  @TempDir Path temp;

  private Path folder() {
    return temp.resolve("d");
  }

  private String device() {
    return "emu:" + folder();
  }

  @Test
  void aMissingDeviceIsNotMadeWhereItMustBeThere() {
    assertThatThrownBy(() -> Zap.open(device(), OPTIONS.withCreateIfMissing(false)))
        .isInstanceOf(NotAStoreException.class);
    assertThat(folder()).doesNotExist();
    assertThatThrownBy(() -> Zap.open("mem:", OPTIONS.withCreateIfMissing(false)))
        .isInstanceOf(NotAStoreException.class);
  }

  @Test
  void anEmptyDeviceIsNotFormattedWhereAStoreMustBeThere() {
    ZonedDevices.open(device() + PARAMETERS).close();
    assertThatThrownBy(() -> Zap.open(device(), OPTIONS.withCreateIfMissing(false)))
        .isInstanceOf(NotAStoreException.class);
    try (ZonedDevice still = ZonedDevices.openReadOnly(device())) {
      assertThat(still.report()).allMatch(zone -> zone.writePointerBlocks() == 0);
    }
    Zap.open(device(), OPTIONS).close();
    Zap.open(device(), OPTIONS.withCreateIfMissing(false)).close();
  }

  @Test
  void aFolderWithOtherThingsInItIsNeverTouched() throws IOException {
    Files.createDirectories(folder());
    Files.writeString(folder().resolve("letters.txt"), "dear");
    Map<String, String> before = new StoreImage(folder()).fingerprint();
    for (boolean create : new boolean[] {true, false}) {
      assertThatThrownBy(() -> Zap.open(device(), OPTIONS.withCreateIfMissing(create)))
          .isInstanceOf(NotAStoreException.class);
    }
    assertThat(new StoreImage(folder()).fingerprint()).isEqualTo(before);
    Path file = folder().resolve("letters.txt");
    assertThatThrownBy(() -> Zap.open("emu:" + file, OPTIONS))
        .isInstanceOf(NotAStoreException.class)
        .hasMessageContaining("not a folder");
  }

  @ParameterizedTest
  @CsvSource({
    "'zones=8&capacity=1MiB', at least 9 zones",
    "'zones=16&capacity=1MiB&open=3&active=3', at least 4 open zones",
    "'zones=16&capacity=1MiB&block=512&append=2KiB', at least 4096 bytes in one append",
    "'zones=16&capacity=32KiB', at least 65536 bytes in a zone",
    "'zones=0', zones",
    "'zones=-1', zones",
    "'zones=many', zones",
    "'block=1024', block",
    "'capacity=1000', capacity",
    "'size=1MiB&capacity=2MiB', capacity",
    "'append=64MiB&capacity=1MiB', append",
    "'open=9&active=5', active",
    "'zones=16&zones=17', zones",
    "'colour=blue', colour",
    "'capacity=9999999999TiB', capacity"
  })
  void aDeviceThatCannotHoldAStoreIsRefusedByTheNumberAndNotMade(String parameters, String number) {
    for (String name : new String[] {device() + "?" + parameters, "mem:?" + parameters}) {
      assertThatThrownBy(() -> Zap.open(name, OPTIONS))
          .isInstanceOf(UnsupportedException.class)
          .hasMessageContaining(number);
    }
    assertThat(folder()).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "/just/a/path", "nvme:/dev/ng0n1", "emu:", "mem:x"})
  void whatIsNoDevicesNameIsRefused(String name) {
    for (boolean create : new boolean[] {true, false}) {
      assertThatThrownBy(() -> Zap.open(name, OPTIONS.withCreateIfMissing(create)))
          .isInstanceOf(NotAStoreException.class);
    }
    assertThatThrownBy(() -> Inspect.verify(name)).isInstanceOf(NotAStoreException.class);
    assertThatThrownBy(() -> Inspect.format(name, true)).isInstanceOf(NotAStoreException.class);
  }

  @Test
  void anotherProcessKeepsItsStoreToItself() throws IOException {
    try (ChildJvm other = ChildJvm.run(StoreHolder.class, device() + PARAMETERS)) {
      assertThat(other.line()).isEqualTo("open");
      Runnable[] attempts = {
        () -> Zap.open(device(), OPTIONS),
        () -> Inspect.zones(device()),
        () -> Inspect.verify(device()),
        () -> Inspect.format(device(), true)
      };
      for (Runnable attempt : attempts) {
        assertThatThrownBy(attempt::run)
            .isInstanceOf(LockedException.class)
            .hasMessageContaining(Long.toString(other.pid()));
      }
    }
  }

  @Test
  void aLinkToTheFolderIsTheSameStore() throws IOException {
    Path link = temp.resolve("link");
    try (ZapStore store = Zap.open(device() + PARAMETERS, OPTIONS)) {
      put(store, 0, 1);
      Files.createSymbolicLink(link, folder());
      assertThatThrownBy(() -> Zap.open("emu:" + link, OPTIONS))
          .isInstanceOf(LockedException.class);
      assertThat(store.get(key(0))).isEqualTo(value(0));
    }
  }

  @Test
  void onlyTheOwnerCanReadWhatAStoreMakes() throws IOException {
    Zap.open("emu:" + folder().resolve("deeper") + PARAMETERS, OPTIONS).close();
    try (Stream<Path> all = Files.walk(folder())) {
      for (Path path : all.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
            .as(path.toString())
            .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
      }
    }
  }

  @Test
  void onAFullFileSystemTheMemoryOfTheLogGoesRound() {
    FullStaging device = new FullStaging(ZonedDevices.open(device() + PARAMETERS));
    try (ZapStore store = Engine.open(device, OPTIONS, new SystemEnv())) {
      while (store.stats().background().flushes() == 0) {
        put(store, 0, 2_000); // until there is memory for two, so that it can go round
      }
      device.full = true;
      for (int round = 0; round < 20; round++) {
        put(store, 0, 2_000);
      }
      assertThat(store.stats().background().flushes()).isGreaterThan(2);
      assertThat(store.get(key(1_999))).isEqualTo(value(1_999));
    }
  }

  @Test
  void aFullFileSystemForTheLogIsSaidAndPassesWhenThereIsRoomAgain() {
    FullStaging device = new FullStaging(ZonedDevices.open(device() + PARAMETERS));
    try (ZapStore store = Engine.open(device, OPTIONS, new SystemEnv())) {
      put(store, 0, 100);
      device.full = true;
      List<Cursor> holders = new ArrayList<>(); // keep flushed memory from being used anew
      int refusedAt = -1;
      for (int i = 0; i < 60_000 && refusedAt < 0; i++) {
        try {
          if (i % 500 == 0) {
            holders.add(store.cursor());
          }
          put(store, i, i + 1);
        } catch (ZapException e) {
          assertThat(e).isInstanceOf(OutOfSpaceException.class);
          assertThat(e.advice()).contains("make room");
          refusedAt = i;
        }
      }
      assertThat(refusedAt).as("the log had to grow").isPositive();
      holders.forEach(Cursor::close);
      assertThat(store.get(key(refusedAt - 1))).isEqualTo(value(refusedAt - 1));
      device.full = false;
      put(store, refusedAt, refusedAt + 1_000);
      assertThat(store.get(key(refusedAt + 999))).isEqualTo(value(refusedAt + 999));
    }
  }

  @Test
  void aFullFileSystemWhenTheStoreIsOpenedIsSaid() {
    FullStaging device = new FullStaging(ZonedDevices.open(device() + PARAMETERS));
    device.full = true;
    assertThatThrownBy(() -> Engine.open(device, OPTIONS, new SystemEnv()))
        .isInstanceOf(OutOfSpaceException.class);
    try (ZapStore store = Zap.open(device(), OPTIONS)) {
      put(store, 0, 1);
    }
  }
}
