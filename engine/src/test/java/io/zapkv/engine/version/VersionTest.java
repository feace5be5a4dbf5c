package io.zapkv.engine.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.zone.Extent;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VersionTest {
  @Test
  void aNarrowedTableOfLevelZeroCountsForTheKeysItHasLeft() {
    Version version = with(0, table("b", "m")).apply(narrowing(0, "g"));
    assertThat(version.tables(0)).hasSize(1).allMatch(TableMeta::isNarrowed);
    assertThat(counts(version, "b")).isFalse();
    assertThat(counts(version, "f")).isFalse();
    assertThat(counts(version, "g")).isTrue();
    assertThat(counts(version, "m")).isTrue();
  }

  @Test
  void whatWasTakenFromATableHasRoomInFrontOfIt() {
    TableMeta before = table(8, "a", "f");
    Version version =
        with(6, table("b", "m"))
            .apply(
                new VersionEdit(
                    List.of(new VersionEdit.Placed(6, before)),
                    List.of(),
                    narrowing(6, "g").narrowed(),
                    List.of(),
                    VersionEdit.UNCHANGED,
                    VersionEdit.UNCHANGED));
    assertThat(version.tables(6)).extracting(TableMeta::id).containsExactly(8L, 7L);
    assertThat(version.indexOf(6, key("f"), 0, 1)).isZero();
    assertThat(version.indexOf(6, key("g"), 0, 1)).isOne();
  }

  @Test
  void aTableIsNarrowedOnlyToKeysItHas() {
    Version version = with(0, table("b", "m"));
    for (String wrong : List.of("a", "n")) {
      assertThatThrownBy(() -> version.apply(narrowing(0, wrong)))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("keys it does not have");
    }
    assertThatThrownBy(() -> version.apply(narrowing(1, "g")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not there");
  }

  @Test
  void aSnapshotKeepsThatATableIsNarrowed() {
    Version version = with(0, table("b", "m")).apply(narrowing(0, "g"));
    byte[] snapshot =
        EditWriter.encode(
            new ManifestState(version, 99, 9, 1, new int[9], Set.of(), false).snapshot());
    JournalStep read = EditReader.decode("test", snapshot);
    TableMeta table = Version.empty().apply(read.edit()).tables(0).getFirst();
    assertThat(table.isNarrowed()).isTrue();
    assertThat(table.smallest()).asString().isEqualTo("g");
  }

  private static boolean counts(Version version, String key) {
    return version.counts(0, key(key), 0, key.length());
  }

  private static MemorySegment key(String key) {
    return MemorySegment.ofArray(key.getBytes(StandardCharsets.UTF_8));
  }

  private static Version with(int level, TableMeta table) {
    return Version.empty()
        .apply(
            new VersionEdit(
                List.of(new VersionEdit.Placed(level, table)),
                List.of(),
                List.of(),
                VersionEdit.UNCHANGED,
                VersionEdit.UNCHANGED));
  }

  private static VersionEdit narrowing(int level, String smallest) {
    return new VersionEdit(
        List.of(),
        List.of(),
        List.of(new VersionEdit.Narrowed(level, 7, smallest.getBytes(StandardCharsets.UTF_8))),
        List.of(),
        VersionEdit.UNCHANGED,
        VersionEdit.UNCHANGED);
  }

  private static TableMeta table(String smallest, String largest) {
    return table(7, smallest, largest);
  }

  private static TableMeta table(long id, String smallest, String largest) {
    return new TableMeta(
        id,
        0,
        smallest.getBytes(StandardCharsets.UTF_8),
        largest.getBytes(StandardCharsets.UTF_8),
        1,
        2,
        10,
        0,
        100,
        1,
        0,
        List.of(new Extent(5, 0, 1)));
  }
}
