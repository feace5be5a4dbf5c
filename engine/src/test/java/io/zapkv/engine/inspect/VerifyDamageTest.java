package io.zapkv.engine.inspect;

import static io.zapkv.engine.inspect.StoreImage.key;
import static io.zapkv.engine.inspect.StoreImage.put;
import static io.zapkv.engine.inspect.StoreImage.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.api.Durability;
import io.zapkv.api.VerifyReport;
import io.zapkv.api.VerifyReport.Problem;
import io.zapkv.api.ZapStore;
import io.zapkv.engine.format.EnvelopeKind;
import io.zapkv.engine.format.Layouts;
import io.zapkv.engine.inspect.StoreImage.Chunk;
import io.zapkv.zns.ZoneAction;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What verify says of stores that are not as they were written.
class VerifyDamageTest {
  @TempDir Path temp;

  private StoreImage closed() {
    return StoreImage.closed(temp.resolve("d"), store -> put(store, 0, 4_000));
  }

  /// Verifies, which must change nothing whatever it finds.
  private static List<Problem> problems(StoreImage image) {
    Map<String, String> before = image.fingerprint();
    VerifyReport report = Inspect.verify(image.device());
    assertThat(image.fingerprint()).isEqualTo(before);
    assertThat(report.isSound()).isEqualTo(report.problems().isEmpty());
    assertThat(report.problems()).hasSizeLessThanOrEqualTo(VerifyReport.PROBLEMS_MAX);
    return report.problems();
  }

  @ParameterizedTest
  @CsvSource({"TABLE_DATA, block", "TABLE_META, chunk", "TABLE_FOOTER, envelope"})
  void aFlippedBitOfATableIsFoundWhereverItLies(EnvelopeKind kind, String where) {
    StoreImage image = closed();
    image.damage(image.chunks(kind).getFirst());
    List<Problem> problems = problems(image);
    assertThat(problems).anyMatch(problem -> problem.where().contains(where));
    assertThat(problems).anyMatch(problem -> problem.where().contains("zone "));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aDamagedCopyOfTheMetadataIsAProblemThoughTheStoreOpensAndMendsIt(int zone) {
    for (EnvelopeKind kind :
        List.of(
            EnvelopeKind.SUPERBLOCK, EnvelopeKind.MANIFEST_SNAPSHOT, EnvelopeKind.MANIFEST_EDIT)) {
      StoreImage image = StoreImage.closed(temp.resolve("d" + kind), store -> put(store, 0, 100));
      image.damage(
          image.chunks(kind).stream().filter(chunk -> chunk.zone() == zone).findFirst().get());
      assertThat(problems(image))
          .singleElement()
          .matches(problem -> problem.where().endsWith("metadata"))
          .matches(problem -> problem.got().contains("metadata zone " + zone));
      try (ZapStore store = image.open()) {
        assertThat(store.get(key(99))).isEqualTo(value(99));
      }
      assertThat(problems(image)).isEmpty();
    }
  }

  @Test
  void metadataThatAreDamagedInBothCopiesAreTheOneProblem() {
    StoreImage image = closed();
    image.chunks(EnvelopeKind.SUPERBLOCK).forEach(image::damage);
    assertThat(problems(image)).hasSize(1);
  }

  @Test
  void aChunkOfAnotherGenerationIsNotTheTables() {
    StoreImage image = closed();
    Chunk data = image.chunks(EnvelopeKind.TABLE_DATA).getFirst();
    image.forge(data, bytes -> bytes.set(Layouts.U32, 20, data.envelope().generation() + 1));
    assertThat(problems(image))
        .anyMatch(problem -> problem.expected().contains("generation"))
        .anyMatch(problem -> problem.expected().contains("blocks of whole chunks"));
  }

  @Test
  void aZoneThatWasResetUnderATableIsFound() {
    StoreImage image = closed();
    int zone = image.chunks(EnvelopeKind.TABLE_DATA).getFirst().zone();
    Zones.run(image.device(), ZoneAction.RESET, zone);
    assertThat(problems(image)).anyMatch(problem -> problem.got().endsWith("EMPTY"));
  }

  @Test
  void aZoneFileThatWasCutIsReadAsFarAsItGoes() throws IOException {
    StoreImage image = closed();
    Chunk footer = image.chunks(EnvelopeKind.TABLE_FOOTER).getFirst();
    try (FileChannel file = FileChannel.open(image.zone(footer.zone()), StandardOpenOption.WRITE)) {
      file.truncate(footer.offset());
    }
    assertThat(problems(image)).anyMatch(problem -> problem.where().contains("table"));
    Files.delete(image.zone(footer.zone()));
    assertThat(problems(image)).anyMatch(problem -> problem.where().contains("table"));
  }

  @Test
  void aDamagedRecordInStagingMemoryIsFound() throws IOException {
    StoreImage image =
        StoreImage.killed(
            temp.resolve("d"), store -> put(store, 0, 100)); // all of it in staging only
    Path staging = image.files().stream().filter(file -> isStaging(file)).findFirst().get();
    int at = new String(Files.readAllBytes(staging), "ISO-8859-1").indexOf("value of 000050");
    image.flip(staging, at);
    assertThat(problems(image))
        .singleElement()
        .matches(problem -> problem.where().endsWith("log"))
        .matches(problem -> problem.got().contains("damaged"));
  }

  @Test
  void aLogThatLostWhatItHadPromisedIsFoundAndATornEndIsNone() throws IOException {
    StoreImage image =
        StoreImage.killed(
            temp.resolve("d"),
            store -> {
              for (int i = 0; i < 10; i++) {
                store.put(key(i), value(i), Durability.DURABLE);
              }
            });
    for (Path file : image.files()) {
      if (isStaging(file)) {
        Files.delete(file); // as after a power cut: the log in the zones is all there is
      }
    }
    assertThat(problems(image)).isEmpty();
    List<Chunk> log = image.chunks(EnvelopeKind.LOG);
    image.damage(log.getLast());
    assertThat(problems(image)).isEmpty();
    image.damage(log.get(4));
    assertThat(problems(image))
        .singleElement()
        .matches(problem -> problem.expected().contains("was durable"));
  }

  private static boolean isStaging(Path file) {
    return file.getParent().endsWith("staging");
  }
}
