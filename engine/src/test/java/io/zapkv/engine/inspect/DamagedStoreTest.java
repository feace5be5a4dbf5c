package io.zapkv.engine.inspect;

import static io.zapkv.engine.inspect.StoreImage.key;
import static io.zapkv.engine.inspect.StoreImage.put;
import static io.zapkv.engine.inspect.StoreImage.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.Zap;
import io.zapkv.api.CorruptionException;
import io.zapkv.api.Cursor;
import io.zapkv.api.Durability;
import io.zapkv.api.NotAStoreException;
import io.zapkv.api.RepairReport;
import io.zapkv.api.UnsupportedException;
import io.zapkv.api.ZapException;
import io.zapkv.api.ZapStore;
import io.zapkv.engine.format.EnvelopeKind;
import io.zapkv.engine.format.Layouts;
import io.zapkv.engine.inspect.StoreImage.Chunk;
import io.zapkv.zns.ZoneAction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Stores whose bytes are not what was written: what opening and reading them does.
class DamagedStoreTest {
  private static final int KEYS = 4_000;

  @TempDir Path temp;

  private StoreImage closed() {
    return closed("d");
  }

  private StoreImage closed(String name) {
    return StoreImage.closed(temp.resolve(name), store -> put(store, 0, KEYS));
  }

  private static void refuses(StoreImage image, Class<? extends ZapException> how, String saying) {
    Map<String, String> zones = zonesOf(image);
    assertThatThrownBy(image::open).isInstanceOf(how).hasMessageContaining(saying);
    assertThat(zonesOf(image)).as("opening changes nothing that it does not take").isEqualTo(zones);
  }

  private static Map<String, String> zonesOf(StoreImage image) {
    Map<String, String> prints = image.fingerprint();
    prints.keySet().removeIf(file -> !file.startsWith("zone"));
    prints.replaceAll((_, print) -> print.substring(print.indexOf(' ')));
    return prints;
  }

  @Test
  void aStoreThatLostBothSuperblocksIsCorruptAndStaysAsItIs() {
    StoreImage image = closed();
    image.chunks(EnvelopeKind.SUPERBLOCK).forEach(image::damage);
    refuses(image, CorruptionException.class, "metadata zones 0 and 1");
  }

  @Test
  void aStoreOfANewerFormatIsRefusedByItsVersion() {
    StoreImage image = closed();
    for (Chunk chunk : image.chunks(EnvelopeKind.SUPERBLOCK)) {
      image.forge(chunk, bytes -> bytes.set(Layouts.U16, 4, (short) 9));
    }
    refuses(image, UnsupportedException.class, "version 9");
    assertThatThrownBy(() -> Inspect.verify(image.device()))
        .isInstanceOf(UnsupportedException.class);
  }

  @Test
  void aStoreWithFeaturesThatAreNotKnownIsRefused() {
    StoreImage image = closed();
    for (Chunk chunk : image.chunks(EnvelopeKind.SUPERBLOCK)) {
      image.forge(chunk, bytes -> bytes.set(Layouts.U64, 64, 1L << 40));
    }
    refuses(image, UnsupportedException.class, "features");
  }

  @Test
  void zonesWithOtherDataAreNotAStore() {
    StoreImage image = closed();
    for (int zone : new int[] {0, 1}) {
      image.change(image.zone(zone), bytes -> bytes.fill((byte) 'x'));
    }
    refuses(image, NotAStoreException.class, "data in zone");
  }

  @Test
  void aStepThatWasTornInBothCopiesIsMadeUpForByTheLog() {
    StoreImage image = closed();
    List<Chunk> edits = image.chunks(EnvelopeKind.MANIFEST_EDIT);
    int last = edits.stream().mapToInt(chunk -> chunk.envelope().ordinal()).max().getAsInt();
    edits.stream().filter(chunk -> chunk.envelope().ordinal() == last).forEach(image::damage);
    try (ZapStore store = image.open()) {
      checkAll(store);
    }
  }

  @Test
  void aStepMissingBeforeOthersIsCorruption() {
    StoreImage image =
        StoreImage.closed(
            temp.resolve("d"),
            store -> {
              for (int i = 0; i < 3; i++) {
                put(store, i * 10, i * 10 + 10);
                store.flush();
              }
            });
    List<Chunk> edits = image.chunks(EnvelopeKind.MANIFEST_EDIT);
    int first = edits.getFirst().envelope().ordinal();
    edits.stream().filter(chunk -> chunk.envelope().ordinal() == first).forEach(image::damage);
    refuses(image, CorruptionException.class, "step " + first);
  }

  @Test
  void aTableInAZoneThatIsEmptyOrShorterIsCorruptionBeforeAnythingIsWritten() {
    StoreImage image = closed();
    int zone = image.chunks(EnvelopeKind.TABLE_DATA).getFirst().zone();
    Zones.run(image.device(), ZoneAction.RESET, zone);
    refuses(image, CorruptionException.class, "zone " + zone);
    Zones.append(image.device(), zone, 4096);
    refuses(image, CorruptionException.class, "lost data it had promised to keep");
  }

  @ParameterizedTest
  @EnumSource(
      value = EnvelopeKind.class,
      names = {"TABLE_DATA", "TABLE_META", "TABLE_FOOTER"})
  void chunksOfAnotherGenerationAreNeverAnAnswer(EnvelopeKind kind) {
    StoreImage image = closed();
    for (Chunk chunk : image.chunks(kind)) {
      image.forge(chunk, bytes -> bytes.set(Layouts.U32, 20, chunk.envelope().generation() + 1));
    }
    try (ZapStore store = image.open()) {
      rightOrRefused(store);
    }
    assertThat(Inspect.verify(image.device()).isSound()).isFalse();
  }

  @Test
  void aDamagedBlockCostsItsOwnKeysOnly() {
    StoreImage image = closed();
    image.flipWhere("value of 002000 ");
    try (ZapStore store = image.open()) {
      assertThatThrownBy(() -> store.get(key(2_000)))
          .isInstanceOf(CorruptionException.class)
          .hasMessageContaining("table");
      assertThat(rightOrRefused(store)).isBetween(1, 200);
      assertThat(store.get(key(0))).isEqualTo(value(0));
      assertThat(store.get(key(KEYS - 1))).isEqualTo(value(KEYS - 1));
      try (Cursor cursor = store.cursor()) {
        cursor.seek(key(3_000));
        assertThat(cursor.key()).isEqualTo(key(3_000));
        assertThatThrownBy(
                () -> {
                  for (cursor.first(); cursor.isValid(); cursor.next()) {
                    cursor.value();
                  }
                })
            .isInstanceOf(CorruptionException.class);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "TABLE_DATA, false",
    "TABLE_DATA, true",
    "TABLE_META, false",
    "TABLE_META, true",
    "TABLE_FOOTER, false",
    "TABLE_FOOTER, true"
  })
  void aDamagedTableLeavesTheOthersReadable(EnvelopeKind kind, boolean damagesNewer) {
    StoreImage image =
        StoreImage.closed(
            temp.resolve("d"),
            store -> {
              put(store, 0, 100);
              store.flush();
              put(store, 1_000, 1_100);
            });
    long table =
        image.chunks(EnvelopeKind.TABLE_FOOTER).get(damagesNewer ? 1 : 0).envelope().fileId();
    image.chunks(kind).stream()
        .filter(chunk -> chunk.envelope().fileId() == table)
        .forEach(image::damage);
    try (ZapStore store = image.open()) {
      assertThat(refused(store, damagesNewer ? 1_000 : 0, damagesNewer ? 1_100 : 100)).isPositive();
      assertThat(refused(store, damagesNewer ? 0 : 1_000, damagesNewer ? 100 : 1_100)).isZero();
      put(store, 5_000, 5_010);
      assertThat(store.get(key(5_009))).isEqualTo(value(5_009));
    }
    assertThat(Inspect.verify(image.device()).isSound()).isFalse();
  }

  @Test
  void theTornEndOfTheLogIsDroppedAndDamageBeforeItIsCorruption() throws IOException {
    StoreImage killed =
        StoreImage.killed(
            temp.resolve("d"),
            store -> {
              for (int i = 0; i < 10; i++) {
                store.put(key(i), value(i), Durability.DURABLE);
              }
            });
    for (Path file : killed.files()) {
      if (file.getParent().endsWith("staging")) {
        Files.delete(file);
      }
    }
    List<Chunk> log = killed.chunks(EnvelopeKind.LOG);
    StoreImage torn = killed.copyTo(temp.resolve("torn"));
    torn.damage(log.getLast());
    try (ZapStore store = torn.open()) {
      for (int i = 0; i < 9; i++) {
        assertThat(store.get(key(i))).isEqualTo(value(i));
      }
      assertThat(store.get(key(9))).isNull();
    }
    killed.damage(log.get(4));
    for (int round = 0; round < 2; round++) { // trying does not make it worse
      assertThatThrownBy(killed::open)
          .isInstanceOf(CorruptionException.class)
          .hasMessageContaining("which was durable");
    }
    assertThat(killed.chunks(EnvelopeKind.LOG)).hasSize(log.size() - 1);
    RepairReport repaired = Inspect.repair(killed.device());
    assertThat(repaired.isLogWhole()).isFalse();
    assertThat(repaired.records()).isEqualTo(4);
    assertThat(repaired.verified().isSound()).isTrue();
    try (ZapStore store = killed.open()) {
      assertThat(store.get(key(3))).isEqualTo(value(3));
      assertThat(store.get(key(4))).isNull();
    }
  }

  @Test
  void aRepairOfASoundStoreDoesWhatAnOpeningDoes() {
    StoreImage killed = StoreImage.killed(temp.resolve("d"), store -> store.put(key(1), value(1)));
    RepairReport repaired = Inspect.repair(killed.device());
    assertThat(repaired.isLogWhole()).isTrue();
    assertThat(repaired.records()).isEqualTo(1);
    assertThat(repaired.verified().isSound()).isTrue();
    try (ZapStore store = killed.open()) {
      assertThat(store.get(key(1))).isEqualTo(value(1));
    }
  }

  @Test
  void aRepairOfNoStoreMakesNone() {
    assertThatThrownBy(() -> Inspect.repair("emu:" + temp.resolve("none")))
        .isInstanceOf(NotAStoreException.class);
    assertThat(temp.resolve("none")).doesNotExist();
  }

  @Test
  void anotherGeometryThanTheStoredOneIsRefused() {
    StoreImage image = closed();
    for (String parameter :
        List.of("zones=25", "capacity=512KiB", "block=4096", "append=64KiB", "open=3")) {
      assertThatThrownBy(() -> Zap.open(image.device() + "?" + parameter))
          .isInstanceOf(UnsupportedException.class)
          .hasMessageContaining(parameter.substring(0, parameter.indexOf('=')));
    }
    try (ZapStore store = image.open()) {
      checkAll(store);
    }
  }

  @Test
  void aDamagedZoneTableIsNotTakenForAnEmptyDevice() {
    for (int offset : new int[] {3, 20, 4096 + 8}) {
      StoreImage image = closed("d" + offset);
      image.flip(image.folder().resolve("zones.table"), offset);
      refuses(image, NotAStoreException.class, "zone table");
    }
    StoreImage newer = closed("newer");
    newer.flip(newer.folder().resolve("zones.table"), 8);
    refuses(newer, UnsupportedException.class, "version");
  }

  private static void checkAll(ZapStore store) {
    for (int i = 0; i < KEYS; i++) {
      assertThat(store.get(key(i))).isEqualTo(value(i));
    }
  }

  private static int rightOrRefused(ZapStore store) {
    return refused(store, 0, KEYS);
  }

  /// Reads keys; each answer is right, or a refusal. Answers how many were refused.
  private static int refused(ZapStore store, int from, int to) {
    int refused = 0;
    for (int i = from; i < to; i++) {
      try {
        assertThat(store.get(key(i))).isEqualTo(value(i));
      } catch (CorruptionException _) {
        refused++;
      }
    }
    return refused;
  }
}
