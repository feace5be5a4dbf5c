package io.zapkv.engine.inspect;

import static io.zapkv.engine.inspect.StoreImage.OPTIONS;
import static io.zapkv.engine.inspect.StoreImage.PARAMETERS;
import static io.zapkv.engine.inspect.StoreImage.bytes;
import static io.zapkv.engine.inspect.StoreImage.key;
import static io.zapkv.engine.inspect.StoreImage.put;
import static io.zapkv.engine.inspect.StoreImage.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.Zap;
import io.zapkv.api.Durability;
import io.zapkv.api.LockedException;
import io.zapkv.api.NotAStoreException;
import io.zapkv.api.UnsupportedException;
import io.zapkv.api.VerifyReport;
import io.zapkv.api.ZapStore;
import io.zapkv.api.ZoneMap;
import io.zapkv.api.ZoneView;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectTest {
  @TempDir Path temp;

  private Path folder() {
    return temp.resolve("d");
  }

  private String device() {
    return "emu:" + folder();
  }

  /// Some tables in shared zones, some that fill one, and a little in the log.
  private static void work(ZapStore store) {
    put(store, 0, 12_000);
    store.compact();
    put(store, 5_000, 7_000);
    store.flush();
    store.delete(key(3));
    store.put(key(4), bytes("new"), Durability.DURABLE);
    store.put(key(5), bytes("newer"));
  }

  @Test
  void lookingChangesNotOneByteOfAClosedStore() {
    StoreImage image = StoreImage.closed(folder(), InspectTest::work);
    Map<String, String> before = image.fingerprint();
    Inspect.zones(image.device());
    Inspect.verify(image.device());
    assertThatThrownBy(() -> Inspect.format(image.device(), false))
        .isInstanceOf(NotAStoreException.class);
    assertThat(image.fingerprint()).isEqualTo(before);
  }

  @Test
  void lookingChangesNotOneByteOfAKilledStoreAndItsLogIsReplayedLater() {
    StoreImage image = StoreImage.killed(folder(), InspectTest::work);
    Map<String, String> before = image.fingerprint();
    ZoneMap zones = Inspect.zones(image.device());
    VerifyReport report = Inspect.verify(image.device());
    assertThat(image.fingerprint()).isEqualTo(before);

    assertThat(zones.count(ZoneView.Use.LOG)).isEqualTo(1);
    assertThat(report.problems()).isEmpty();
    try (ZapStore store = image.open()) {
      assertThat(store.get(key(3))).isNull();
      assertThat(store.get(key(4))).isEqualTo(bytes("new"));
      assertThat(store.get(key(5))).isEqualTo(bytes("newer"));
      assertThat(store.get(key(11_999))).isEqualTo(value(11_999));
    }
    assertThat(Inspect.verify(image.device()).problems()).isEmpty();
  }

  @Test
  void aSoundStoreIsReadFromEndToEnd() {
    StoreImage image = StoreImage.closed(folder(), store -> put(store, 0, 12_000));
    VerifyReport report = Inspect.verify(image.device());
    assertThat(report.problems()).isEmpty();
    assertThat(report.isSound()).isTrue();
    assertThat(report.device()).isEqualTo(image.device());
    assertThat(report.zones()).isEqualTo(24);
    assertThat(report.tables()).isPositive();
    assertThat(report.entries()).isEqualTo(12_000);
    assertThat(report.blocks()).isGreaterThan(12_000 * 80 / 4096);
    assertThat(report.bytes()).isGreaterThan(12_000 * 80);
  }

  @Test
  void theMapOfAClosedStoreIsThatOfTheOpenOne() {
    String device = device() + PARAMETERS;
    List<ZoneView> open;
    try (ZapStore store = Zap.open(device, OPTIONS)) {
      put(store, 0, 12_000);
      store.compact();
      open = store.zones().zones();
    }
    ZoneMap closed = Inspect.zones(device);
    assertThat(closed.count(ZoneView.Use.META)).isEqualTo(2);
    assertThat(closed.count(ZoneView.Use.TABLE)).isPositive();
    assertThat(closed.sealedFill(ZoneView.Use.TABLE)).isGreaterThan(0.9);
    assertThat(closed.count(ZoneView.Use.UNKNOWN)).isZero();
    for (ZoneView zone : closed.zones()) {
      ZoneView then = open.get(zone.zone());
      if (zone.use() != ZoneView.Use.META) {
        assertThat(zone.tables()).as("zone " + zone.zone()).isEqualTo(then.tables());
        assertThat(zone.writtenBytes()).isEqualTo(then.writtenBytes());
        assertThat(zone.dataBytes()).isEqualTo(then.dataBytes());
      }
    }
  }

  @Test
  void whatIsNotThereIsNotMade() {
    for (String device : List.of(device(), device() + PARAMETERS, "mem:?name=never-made", "mem:")) {
      assertThatThrownBy(() -> Inspect.zones(device)).isInstanceOf(NotAStoreException.class);
      assertThatThrownBy(() -> Inspect.verify(device)).isInstanceOf(NotAStoreException.class);
    }
    assertThat(folder()).doesNotExist();
    assertThat(ZonedDevices.exists("mem:?name=never-made")).isFalse();
  }

  @Test
  void aDeviceWithoutAStoreIsNone() {
    ZonedDevices.open(device() + PARAMETERS).close();
    assertThatThrownBy(() -> Inspect.zones(device())).isInstanceOf(NotAStoreException.class);
    assertThatThrownBy(() -> Inspect.verify(device())).isInstanceOf(NotAStoreException.class);
  }

  @Test
  void aDeviceThatIsOpenIsLeftAlone() {
    for (String device : List.of(device() + PARAMETERS, "mem:?name=inspected&zones=24")) {
      try (ZapStore store = Zap.open(device, OPTIONS)) {
        put(store, 0, 10);
        assertThatThrownBy(() -> Inspect.zones(device)).isInstanceOf(LockedException.class);
        assertThatThrownBy(() -> Inspect.verify(device)).isInstanceOf(LockedException.class);
        assertThatThrownBy(() -> Inspect.format(device, true)).isInstanceOf(LockedException.class);
        assertThatThrownBy(() -> Zap.open(device, OPTIONS)).isInstanceOf(LockedException.class);
        assertThat(store.get(key(9))).isEqualTo(value(9));
      }
      assertThat(Inspect.verify(device).entries()).isEqualTo(10);
    }
    assertThat(ZonedDevices.forget("mem:?name=inspected")).isTrue();
  }

  @Test
  void formattingMakesAnEmptyStoreWhereNothingIs() {
    Inspect.format(device() + PARAMETERS, false);
    VerifyReport report = Inspect.verify(device());
    assertThat(report.problems()).isEmpty();
    assertThat(report.tables()).isZero();
    try (ZapStore store = Zap.open(device(), OPTIONS.withCreateIfMissing(false))) {
      assertThat(store.get(key(1))).isNull();
    }
  }

  @Test
  void formattingTakesADeviceOnWhichNothingIsWritten() {
    ZonedDevices.open(device() + PARAMETERS).close();
    Inspect.format(device(), false);
    assertThat(Inspect.verify(device()).isSound()).isTrue();
  }

  @Test
  void formattingByForceLosesEverything() throws IOException {
    StoreImage image = StoreImage.killed(folder(), InspectTest::work);
    Inspect.format(image.device(), true);
    assertThat(Inspect.zones(image.device()).count(ZoneView.Use.FREE)).isEqualTo(22);
    assertThat(Inspect.verify(image.device()).problems()).isEmpty();
    try (var staging = Files.list(folder().resolve("staging"))) {
      assertThat(staging).isEmpty();
    }
    try (ZapStore store = image.open()) {
      for (int i = 0; i < 12_000; i += 100) {
        assertThat(store.get(key(i))).isNull();
      }
    }
  }

  @Test
  void formattingByForceTakesADeviceWhoseMetadataAreGone() {
    StoreImage image = StoreImage.closed(folder(), store -> put(store, 0, 100));
    image.change(image.zone(0), all -> all.fill((byte) 7));
    image.change(image.zone(1), all -> all.fill((byte) 7));
    Map<String, String> before = image.fingerprint();
    assertThatThrownBy(() -> Inspect.format(image.device(), false))
        .isInstanceOf(NotAStoreException.class);
    assertThat(image.fingerprint()).isEqualTo(before);
    Inspect.format(image.device(), true);
    assertThat(Inspect.verify(image.device()).isSound()).isTrue();
  }

  @Test
  void formattingNeverTouchesAFolderWithOtherThingsInIt() throws IOException {
    Files.createDirectories(folder());
    Files.writeString(folder().resolve("thesis.txt"), "years of work");
    for (boolean force : new boolean[] {false, true}) {
      assertThatThrownBy(() -> Inspect.format(device(), force))
          .isInstanceOf(NotAStoreException.class)
          .hasMessageContaining("thesis.txt");
    }
    assertThat(new StoreImage(folder()).files()).hasSize(1);
  }

  @Test
  void formattingErasesNoDeviceThatIsTooSmall() {
    String small = device() + "?zones=8&capacity=256KiB&block=512";
    assertThatThrownBy(() -> Inspect.format(small, true))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("zones");
    assertThat(folder()).doesNotExist();
    try (ZonedDevice made = ZonedDevices.open(small)) {
      assertThat(made.geometry().zones()).isEqualTo(8);
    }
    Map<String, String> before = new StoreImage(folder()).fingerprint();
    assertThatThrownBy(() -> Inspect.format(device(), false))
        .isInstanceOf(UnsupportedException.class);
    assertThat(before).isNotEmpty();
  }
}
