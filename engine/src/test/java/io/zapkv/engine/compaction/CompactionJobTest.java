package io.zapkv.engine.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.engine.compaction.CompactionChoice.Drop;
import io.zapkv.engine.compaction.CompactionChoice.Input;
import io.zapkv.engine.compaction.CompactionChoice.Merge;
import io.zapkv.engine.compaction.CompactionChoice.Move;
import io.zapkv.engine.compaction.CompactionChoice.Nothing;
import io.zapkv.engine.compaction.CompactionChoice.Rewrite;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.format.ValueKind;
import io.zapkv.engine.read.Entry;
import io.zapkv.engine.read.LevelCursor;
import io.zapkv.engine.read.MergingCursor;
import io.zapkv.engine.read.NativeKey;
import io.zapkv.engine.read.Seeds;
import io.zapkv.engine.read.VisibleCursor;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.version.Version;
import io.zapkv.engine.version.VersionEdit;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CompactionJobTest {
  private static final long[] NO_SNAPSHOTS = {};
  private static final int ZONE_ENTRIES = 4;

  private FakeTables tables = new FakeTables(ZONE_ENTRIES);
  private Version version = Version.empty();

  @Test
  void theNewestVersionComesOutAndTheInputsGo() {
    TableMeta newer = place(0, Entry.put("a", 5, "new"), Entry.delete("b", 6));
    TableMeta older = place(6, Entry.put("a", 1, "old"), Entry.put("b", 2, ""), put("c", 3));
    VersionEdit edit = job(merge(6, newer, older), NO_SNAPSHOTS).run();
    assertThat(edit.added()).hasSize(1);
    assertThat(tables.byId.get(edit.added().getFirst().table().id()))
        .hasToString("[a@5=new, c@3=]");
    assertThat(edit.removed())
        .containsExactly(
            new VersionEdit.Removed(0, newer.id()), new VersionEdit.Removed(6, older.id()));
  }

  @Test
  void aDeletionStaysWhereALowerLevelMayHoldItsKey() {
    TableMeta newer = place(0, Entry.delete("b", 6), Entry.delete("x", 7));
    place(6, put("a", 1), put("c", 2));
    VersionEdit edit = job(merge(5, newer), NO_SNAPSHOTS).run();
    assertThat(tables.byId.get(edit.added().getFirst().table().id())).hasToString("[b@6-]");
  }

  @Test
  void whereNothingSurvivesNoTableComesOut() {
    TableMeta newer = place(0, Entry.delete("b", 6));
    TableMeta older = place(6, put("b", 1));
    VersionEdit edit = job(merge(6, newer, older), NO_SNAPSHOTS).run();
    assertThat(edit.added()).isEmpty();
    assertThat(edit.removed()).hasSize(2);
    assertThat(tables.unfinished).isZero();
  }

  @Test
  void tablesAreCutWhereTheZoneIsFull() {
    TableMeta table =
        place(0, put("a", 1), put("b", 2), put("c", 3), put("d", 4), put("e", 5), put("f", 6));
    job(merge(6, table), NO_SNAPSHOTS).run();
    assertThat(tables.sizes).containsExactly(4, 2);
    assertThat(tables.expected).as("what is yet to come is told").containsExactly(6L, 2L);
  }

  @Test
  void aTableIsNeverCutBetweenTwoVersionsOfAKey() {
    TableMeta table =
        place(0, put("a", 1), put("b", 2), put("c", 3), put("d", 9), put("d", 7), put("d", 5));
    VersionEdit edit = job(merge(6, table), new long[] {5, 7}).run();
    assertThat(tables.sizes).containsExactly(6);
    assertThat(edit.added()).hasSize(1);
  }

  @Test
  void tablesAreCutBeforeTheySpanTooMuchOfTheNextLevel() {
    for (int i = 0; i < 200; i++) {
      place(6, put(String.format("k%03d", i), i));
    }
    TableMeta table = place(0, put("k000", 300), put("k100", 301), put("k101", 302));
    job(merge(5, table), NO_SNAPSHOTS).run();
    assertThat(tables.sizes).containsExactly(1, 2);
  }

  @Test
  void aBoundedMergeEndsBehindATableThatFitsAndNarrowsTheOneThatGoesOn() {
    TableMeta newer = place(0, put("a", 11), put("d", 12), put("f", 13), put("h", 14));
    TableMeta first = place(6, put("b", 1), put("c", 2));
    TableMeta second = place(6, put("e", 3), put("g", 4));
    TableMeta third = place(6, put("i", 5), put("j", 6));
    VersionEdit edit = job(bounded(28, false, newer, first, second, third), NO_SNAPSHOTS).run();
    assertThat(edit.removed())
        .containsExactly(
            new VersionEdit.Removed(6, first.id()), new VersionEdit.Removed(6, second.id()));
    version = version.apply(edit);
    assertThat(version.tables(0)).containsExactly(newer);
    TableMeta narrowed = version.tables(0).getFirst();
    assertThat(narrowed.isNarrowed()).isTrue();
    assertThat(narrowed.smallest()).asString().isEqualTo("h");
    assertThat(view(Trailer.SEQUENCE_MAX).keySet())
        .containsExactly("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
    job(merge(6, narrowed, third), NO_SNAPSHOTS).run();
    assertThat(tables.byId.get(tables.nextId - 1)).hasToString("[h@14=, i@5=, j@6=]");
  }

  @Test
  void aBoundedMergeWithoutRoomForAnyTableWritesNothing() {
    TableMeta newer = place(0, put("a", 11), put("d", 12));
    TableMeta older = place(6, put("b", 1), put("c", 2));
    assertThat(job(bounded(2, false, newer, older), NO_SNAPSHOTS).run()).isNull();
    assertThat(tables.expected).as("tables begun").isEmpty();
  }

  @Test
  void aMergeThatMustGainIsDoneOnlyWhereItFreesMoreThanItTakes() {
    TableMeta puts = place(0, put("a", 11), put("d", 12));
    TableMeta older = place(6, put("b", 1), put("c", 2));
    assertThat(job(bounded(99, true, puts, older), NO_SNAPSHOTS).run()).isNull();
    TableMeta deletions = place(0, Entry.delete("b", 13), Entry.delete("c", 14));
    VersionEdit edit = job(bounded(99, true, deletions, older), NO_SNAPSHOTS).run();
    assertThat(edit.added()).isEmpty();
    assertThat(edit.removed()).hasSize(2);
  }

  @Test
  void aDeletionInLevel0StaysWhenItIsRewrittenThere() {
    TableMeta newer = place(0, Entry.delete("b", 6), put("c", 7));
    place(0, put("b", 5));
    VersionEdit edit = job(merge(0, newer), NO_SNAPSHOTS).run();
    assertThat(tables.byId.get(edit.added().getFirst().table().id())).hasToString("[b@6-, c@7=]");
  }

  /// A whole merge does at once what slices do one after the other, whatever their size.
  @Test
  void slicesAddUpToTheWholeMerge() {
    for (int round = 0; round < 100; round++) {
      SplittableRandom random = new SplittableRandom(Seeds.seed() + round);
      tables = new FakeTables(3 + random.nextInt(10));
      version = Version.empty();
      TreeMap<String, String> expected = new TreeMap<>();
      long sequence = 0;
      for (int flush = 0; flush < 12; flush++) {
        TreeMap<String, Entry> written = new TreeMap<>();
        for (int i = 0; i < 20; i++) {
          sequence++;
          String key = String.format("key%02d", random.nextInt(60));
          boolean deletes = random.nextInt(3) == 0;
          written.put(
              key,
              deletes ? Entry.delete(key, sequence) : Entry.put(key, sequence, "v" + sequence));
        }
        written.forEach((key, entry) -> {
          if (entry.kind() == ValueKind.DELETE) {
            expected.remove(key);
          } else {
            expected.put(key, new String(entry.value(), StandardCharsets.UTF_8));
          }
        });
        place(0, written.values().toArray(new Entry[0]));
        mergeDownWithin(20 + random.nextInt(40));
        assertThat(view(Trailer.SEQUENCE_MAX))
            .as("seed %d, flush %d", Seeds.seed() + round, flush)
            .isEqualTo(expected);
      }
    }
  }

  /// As the lane does where there is little room, until the policy finds nothing.
  private void mergeDownWithin(long roomBlocks) {
    int refused = 0;
    for (int steps = 0; ; steps++) {
      assertThat(steps).isLessThan(500);
      CompactionState state =
          new CompactionState(
              List.of(),
              Trailer.SEQUENCE_MAX,
              roomBlocks,
              refused,
              null,
              new FullCompaction(Long.MAX_VALUE, 0));
      switch (new LeveledPolicy(10).choose(version, state, LevelTargets.of(version, 30))) {
        case Nothing _ -> {
          return;
        }
        case Move move -> version = version.apply(move.edit());
        case Drop drop -> version = version.apply(drop.edit());
        case Merge merge -> {
          VersionEdit edit = job(merge, NO_SNAPSHOTS).run();
          assertThat(edit != null || merge.isBounded()).isTrue();
          refused = edit == null ? refused + 1 : 0;
          version = edit == null ? version : version.apply(edit);
        }
        case Rewrite rewrite -> rewrite(rewrite, NO_SNAPSHOTS);
      }
    }
  }

  @Test
  void afterAFailureNothingIsLeft() {
    TableMeta table =
        place(0, put("a", 1), put("b", 2), put("c", 3), put("d", 4), put("e", 5), put("f", 6));
    tables.failAfterEntries = 5;
    assertThatThrownBy(job(merge(6, table), NO_SNAPSHOTS)::run).hasMessage("the device failed");
    assertThat(tables.sizes).as("one table had been finished").containsExactly(4);
    assertThat(tables.byId).containsOnlyKeys(table.id());
    assertThat(tables.unfinished).isZero();
  }

  @Test
  void cancelledItEndsWithoutEffect() {
    TableMeta table = place(0, put("a", 1), put("b", 2), put("c", 3));
    CompactionJob job = job(merge(6, table), NO_SNAPSHOTS);
    tables.onAdd = job::cancel;
    assertThat(job.run()).isNull();
    assertThat(tables.byId).containsOnlyKeys(table.id());
    assertThat(tables.unfinished).isZero();
  }

  @Test
  void progressIsToldInPieces() {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      entries.add(Entry.put(String.format("k%03d", i), i, "v".repeat(1988)));
    }
    TableMeta table = place(0, entries.toArray(new Entry[0]));
    AtomicLong told = new AtomicLong();
    List<Long> pieces = new ArrayList<>();
    CompactionJob job =
        new CompactionJob(
            merge(6, table),
            version,
            NO_SNAPSHOTS,
            ZONE_ENTRIES,
            tables,
            tables,
            bytes -> {
              told.addAndGet(bytes);
              pieces.add(bytes);
            });
    job.run();
    assertThat(told).hasValue(199_200);
    assertThat(job.readBytes()).isEqualTo(199_200);
    assertThat(job.keptBytes()).isEqualTo(199_200);
    assertThat(pieces).hasSize(4).allMatch(bytes -> bytes <= 66_000);
  }

  /// A whole store of lists, random in everything, driven by the policy: no snapshot ever sees
  /// anything change.
  @Test
  void noReaderSeesACompaction() {
    for (int round = 0; round < 60; round++) {
      history(Seeds.seed() + round);
    }
  }

  private void history(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int keys = 5 + random.nextInt(60);
    tables = new FakeTables(3 + random.nextInt(10));
    version = Version.empty();
    TreeMap<String, String> now = new TreeMap<>();
    TreeMap<Long, TreeMap<String, String>> snapshots = new TreeMap<>();
    boolean hasSnapshots = random.nextBoolean();
    long sequence = 0;
    for (int step = 0; step < 60; step++) {
      List<Entry> written = new ArrayList<>();
      for (int i = random.nextInt(25); i >= 0; i--) {
        sequence++;
        String key = String.format("key%02d", random.nextInt(keys));
        boolean deletes = random.nextInt(2) == 0;
        written.add(
            deletes ? Entry.delete(key, sequence) : Entry.put(key, sequence, "v" + sequence));
        if (deletes) {
          now.remove(key);
        } else {
          now.put(key, "v" + sequence);
        }
        if (hasSnapshots && random.nextInt(40) == 0) {
          snapshots.put(sequence, new TreeMap<>(now));
        }
      }
      written.sort(Entry.ORDER);
      place(0, written.toArray(new Entry[0]));
      if (!snapshots.isEmpty() && random.nextInt(5) == 0) {
        snapshots.remove(
            snapshots.navigableKeySet().stream()
                .skip(random.nextInt(snapshots.size()))
                .findFirst()
                .get());
      }
      FullCompaction full =
          random.nextInt(10) == 0 ? new FullCompaction(sequence + 1, tables.nextId) : null;
      compact(snapshots.navigableKeySet().stream().mapToLong(Long::longValue).toArray(), full);
      assertThat(view(Trailer.SEQUENCE_MAX)).as("seed %d, step %d", seed, step).isEqualTo(now);
      for (Map.Entry<Long, TreeMap<String, String>> snapshot : snapshots.entrySet()) {
        assertThat(view(snapshot.getKey()))
            .as("seed %d, step %d, snapshot %d", seed, step, snapshot.getKey())
            .isEqualTo(snapshot.getValue());
      }
      if (full != null && !hasSnapshots) {
        assertThat(entries())
            .as("seed %d, step %d: nothing is left over", seed, step)
            .isEqualTo(now.size());
      }
    }
    assertThat(tables.unfinished).isZero();
  }

  private void compact(long[] snapshots, FullCompaction full) {
    LeveledPolicy policy = new LeveledPolicy(10);
    long oldest = snapshots.length == 0 ? Trailer.SEQUENCE_MAX : snapshots[0];
    for (int steps = 0; ; steps++) {
      assertThat(steps).isLessThan(500);
      CompactionChoice choice =
          policy.choose(
              version,
              new CompactionState(List.of(), oldest, Long.MAX_VALUE, 0, null, full),
              LevelTargets.of(version, 30));
      switch (choice) {
        case Nothing _ -> {
          return;
        }
        case Move move -> version = version.apply(move.edit());
        case Drop drop -> version = version.apply(drop.edit());
        case Merge merge -> version = version.apply(job(merge, snapshots).run());
        case Rewrite rewrite -> rewrite(rewrite, snapshots);
      }
    }
  }

  private void rewrite(Rewrite rewrite, long[] snapshots) {
    VersionEdit all = VersionEdit.EMPTY;
    for (Merge merge : rewrite.merges()) {
      all = all.and(job(merge, snapshots).run());
    }
    version = version.apply(all);
  }

  private Map<String, String> view(long sequence) {
    List<InternalCursor> sources = new ArrayList<>();
    version.tables(0).forEach(table -> sources.add(tables.open(table)));
    for (int level = 1; level < Version.LEVELS; level++) {
      sources.add(new LevelCursor(version.tables(level), tables));
    }
    Map<String, String> shown = new TreeMap<>();
    try (VisibleCursor cursor =
        new VisibleCursor(
            new MergingCursor(sources.toArray(new InternalCursor[0])),
            sequence,
            null,
            null,
            new NativeKey())) {
      for (cursor.first(); cursor.isValid(); cursor.next()) {
        byte[] key =
            cursor
                .keySegment()
                .asSlice(cursor.keyOffset(), cursor.keyLength())
                .toArray(ValueLayout.JAVA_BYTE);
        byte[] value =
            cursor
                .valueSegment()
                .asSlice(cursor.valueOffset(), cursor.valueLength())
                .toArray(ValueLayout.JAVA_BYTE);
        shown.put(
            new String(key, StandardCharsets.UTF_8), new String(value, StandardCharsets.UTF_8));
      }
    }
    return shown;
  }

  private long entries() {
    long entries = 0;
    for (int level = 0; level < Version.LEVELS; level++) {
      entries += version.tables(level).stream().mapToLong(TableMeta::entries).sum();
    }
    return entries;
  }

  private CompactionJob job(Merge merge, long[] snapshots) {
    return new CompactionJob(merge, version, snapshots, ZONE_ENTRIES, tables, tables, _ -> {});
  }

  /// The tables are of level 0, but one that is at the output level.
  private Merge merge(int outputLevel, TableMeta... going) {
    List<Input> inputs = new ArrayList<>();
    for (TableMeta table : going) {
      boolean below = version.tables(outputLevel).contains(table);
      inputs.add(new Input(below ? outputLevel : 0, List.of(table)));
    }
    return new Merge(inputs, outputLevel);
  }

  private Merge bounded(long blocksMax, boolean mustGain, TableMeta upper, TableMeta... lower) {
    return new Merge(
        List.of(new Input(0, List.of(upper)), new Input(6, List.of(lower))),
        6,
        blocksMax,
        mustGain);
  }

  private TableMeta place(int level, Entry... entries) {
    TableMeta table = tables.add(Arrays.asList(entries));
    version =
        version.apply(
            new VersionEdit(
                List.of(new VersionEdit.Placed(level, table)),
                List.of(),
                List.of(),
                VersionEdit.UNCHANGED,
                VersionEdit.UNCHANGED));
    return table;
  }

  private static Entry put(String key, long sequence) {
    return new Entry(key.getBytes(StandardCharsets.UTF_8), sequence, ValueKind.PUT, new byte[0]);
  }
}
