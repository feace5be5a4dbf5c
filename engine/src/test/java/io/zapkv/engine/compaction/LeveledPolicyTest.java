package io.zapkv.engine.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.engine.compaction.CompactionChoice.Drop;
import io.zapkv.engine.compaction.CompactionChoice.Input;
import io.zapkv.engine.compaction.CompactionChoice.Merge;
import io.zapkv.engine.compaction.CompactionChoice.Move;
import io.zapkv.engine.compaction.CompactionChoice.Nothing;
import io.zapkv.engine.compaction.CompactionChoice.Rewrite;
import io.zapkv.engine.read.Seeds;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.version.Version;
import io.zapkv.engine.version.VersionEdit;
import io.zapkv.engine.zone.Extent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class LeveledPolicyTest {
  private static final long ZONE_BLOCKS = 100;
  private static final long BASE_BLOCKS = 400;

  @TestFactory
  Stream<DynamicTest> choicesAreAsDrawn() throws IOException {
    return cases("compaction_choice.txt")
        .map(one ->
            DynamicTest.dynamicTest(
                one.name,
                () -> {
                  LsmText lsm = new LsmText(one.drawing);
                  CompactionChoice choice =
                      new LeveledPolicy(lsm.zoneBlocks)
                          .choose(lsm.version(), lsm.state(), lsm.targets());
                  assertThat(LsmText.text(choice)).isEqualTo(one.expected);
                }));
  }

  @TestFactory
  Stream<DynamicTest> targetsAreAsDrawn() throws IOException {
    return cases("level_targets.txt")
        .map(one ->
            DynamicTest.dynamicTest(
                one.name,
                () -> {
                  LsmText lsm = new LsmText(one.drawing);
                  assertThat(text(lsm.targets(), lsm.version())).isEqualTo(one.expected);
                }));
  }

  @Test
  void aFullCompactionEndsWithEverythingInTheLastLevel() {
    for (int round = 0; round < 200; round++) {
      SplittableRandom random = new SplittableRandom(Seeds.seed() + round);
      Store store = new Store(random);
      for (int i = 0; i < random.nextInt(30); i++) {
        store.flush();
        store.settleSome();
      }
      FullCompaction full = new FullCompaction(store.nextSequence, store.nextId);
      for (int steps = 0; !full.isDone(store.version); steps++) {
        assertThat(steps).as("seed %d, round %d", Seeds.seed(), round).isLessThan(2000);
        CompactionChoice choice = store.choose(full);
        assertThat(choice).isNotInstanceOf(Nothing.class);
        store.start(choice);
        store.finishOne();
      }
      for (int level = 0; level < Version.LEVELS - 1; level++) {
        assertThat(store.version.tables(level)).isEmpty();
      }
    }
  }

  /// Versions check by themselves that sorted levels stay disjoint; the store checks that no table
  /// passes an older one with the same keys.
  @Test
  void anyNumberOfCompactionsAtOnceKeepEveryLevelInOrder() {
    for (int round = 0; round < 100; round++) {
      SplittableRandom random = new SplittableRandom(Seeds.seed() + round);
      Store store = new Store(random);
      for (int step = 0; step < 300; step++) {
        if (random.nextInt(3) == 0) {
          store.flush();
        }
        CompactionChoice choice = store.choose(null);
        if (!(choice instanceof Nothing)) {
          store.start(choice);
        }
        if (random.nextInt(3) > 0) {
          store.finishOne();
        }
      }
      store.settle();
      assertThat(store.version.tables(0)).hasSizeLessThan(LevelTargets.LEVEL0_TRIGGER);
      LevelTargets targets = LevelTargets.of(store.version, BASE_BLOCKS);
      assertThat(targets.owedBlocks(store.version)).isZero();
    }
  }

  private static String text(LevelTargets targets, Version version) {
    StringBuilder text = new StringBuilder("base L" + targets.baseLevel());
    for (int level = 1; level < Version.LEVELS; level++) {
      if (targets.blocks(level) > 0) {
        text.append(" L").append(level).append('=').append(targets.blocks(level));
      }
    }
    return text + " owed " + targets.owedBlocks(version);
  }

  record Case(String name, String drawing, String expected) {}

  /// Cases are separated by empty lines: comment lines that name the case, the drawing, `----`,
  /// what is expected.
  static Stream<Case> cases(String file) throws IOException {
    try (InputStream in = LeveledPolicyTest.class.getResourceAsStream("testdata/" + file)) {
      String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      List<Case> cases = new ArrayList<>();
      for (String block : all.strip().split("\n\n+")) {
        StringBuilder name = new StringBuilder();
        StringBuilder drawing = new StringBuilder();
        StringBuilder expected = new StringBuilder();
        StringBuilder into = drawing;
        for (String line : block.lines().toList()) {
          if (line.startsWith("#")) {
            name.append(name.isEmpty() ? "" : " ").append(line.substring(1).strip());
          } else if (line.equals("----")) {
            into = expected;
          } else {
            into.append(line).append('\n');
          }
        }
        cases.add(new Case(name.toString(), drawing.toString(), expected.toString().strip()));
      }
      return cases.stream();
    }
  }

  /// A store that only knows which tables there are, and lets compactions take their time.
  private static final class Store {
    private final SplittableRandom random;
    private final LeveledPolicy policy = new LeveledPolicy(ZONE_BLOCKS);
    private final List<CompactionChoice> running = new ArrayList<>();
    private final boolean sequential;
    private Version version = Version.empty();
    private long nextId = 1;
    private long nextSequence = 1;

    Store(SplittableRandom random) {
      this.random = random;
      this.sequential = random.nextInt(4) == 0;
    }

    void flush() {
      int from = sequential ? (int) nextSequence % 9000 : random.nextInt(9000);
      int to =
          sequential ? from + 9 : from + random.nextInt(random.nextBoolean() ? 9999 - from : 50);
      long blocks = 20 + random.nextInt(81);
      TableMeta table =
          table(from, to, nextSequence, nextSequence + 9, blocks, random.nextInt(4) == 0 ? 60 : 0);
      nextSequence += 10;
      apply(List.of(new VersionEdit.Placed(0, table)), List.of());
    }

    CompactionChoice choose(FullCompaction full) {
      return policy.choose(
          version,
          new CompactionState(running, Long.MAX_VALUE, Long.MAX_VALUE, 0, null, full),
          LevelTargets.of(version, BASE_BLOCKS));
    }

    void start(CompactionChoice choice) {
      for (CompactionChoice other : running) {
        assertThat(tables(choice)).doesNotContainAnyElementsOf(tables(other));
      }
      checkOrder(choice);
      running.add(choice);
    }

    void finishOne() {
      if (!running.isEmpty()) {
        finish(running.remove(random.nextInt(running.size())));
      }
    }

    void settleSome() {
      for (int i = 0; i < 3; i++) {
        CompactionChoice choice = choose(null);
        if (!(choice instanceof Nothing)) {
          start(choice);
          finishOne();
        }
      }
    }

    void settle() {
      for (int steps = 0; steps < 5000; steps++) {
        CompactionChoice choice = choose(null);
        if (!(choice instanceof Nothing)) {
          start(choice);
        } else if (running.isEmpty()) {
          return;
        }
        finishOne();
      }
      throw new AssertionError("compactions never end, seed " + Seeds.seed());
    }

    private static List<TableMeta> tables(CompactionChoice choice) {
      return switch (choice) {
        case Nothing _ -> List.of();
        case Move move -> List.of(move.table());
        case Merge merge -> merge.tables();
        case Rewrite rewrite ->
            rewrite.merges().stream().flatMap(merge -> merge.tables().stream()).toList();
        case Drop drop -> drop.tables();
      };
    }

    /// Level-0 tables that stay and are older must share no key with one that goes.
    private void checkOrder(CompactionChoice choice) {
      List<TableMeta> going = tables(choice);
      for (TableMeta stays : version.tables(0)) {
        for (TableMeta goes : version.tables(0)) {
          boolean passes =
              going.contains(goes)
                  && !going.contains(stays)
                  && stays.largestSequence() < goes.smallestSequence()
                  && KeySpan.of(stays).overlaps(KeySpan.of(goes));
          assertThat(passes).as("seed %d: %s", Seeds.seed(), LsmText.text(choice)).isFalse();
        }
      }
    }

    private void finish(CompactionChoice choice) {
      switch (choice) {
        case Nothing _ -> {}
        case Move move -> apply(move.edit().added(), move.edit().removed());
        case Drop drop -> apply(List.of(), drop.edit().removed());
        case Merge merge -> apply(outputs(merge), removed(merge));
        case Rewrite rewrite -> rewrite.merges().forEach(this::finish);
      }
    }

    private static List<VersionEdit.Removed> removed(Merge merge) {
      List<VersionEdit.Removed> removed = new ArrayList<>();
      for (Input input : merge.inputs()) {
        input.tables().forEach(t -> removed.add(new VersionEdit.Removed(input.level(), t.id())));
      }
      return removed;
    }

    /// Cuts the hull of the inputs into tables of one zone and a tail.
    private List<VersionEdit.Placed> outputs(Merge merge) {
      List<TableMeta> in = merge.tables();
      KeySpan hull = KeySpan.of(in);
      long blocks = in.stream().mapToLong(TableMeta::blocks).sum();
      long least = in.stream().mapToLong(TableMeta::smallestSequence).min().getAsLong();
      long most = in.stream().mapToLong(TableMeta::largestSequence).max().getAsLong();
      int from = Integer.parseInt(new String(hull.smallest(), StandardCharsets.UTF_8));
      int to = Integer.parseInt(new String(hull.largest(), StandardCharsets.UTF_8));
      int count = (int) Math.clamp((blocks + ZONE_BLOCKS - 1) / ZONE_BLOCKS, 1, to - from + 1);
      List<VersionEdit.Placed> placed = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int start = from + (to - from + 1) * i / count;
        int end = from + (to - from + 1) * (i + 1) / count - 1;
        long left = Math.clamp(blocks - i * ZONE_BLOCKS, 1, ZONE_BLOCKS);
        placed.add(
            new VersionEdit.Placed(merge.outputLevel(), table(start, end, least, most, left, 0)));
      }
      return placed;
    }

    private TableMeta table(int from, int to, long least, long most, long blocks, long deletions) {
      long id = nextId++;
      return new TableMeta(
          id,
          0,
          key(from),
          key(to),
          least,
          most,
          100,
          deletions,
          blocks * 4096,
          blocks,
          0,
          List.of(new Extent((int) id, 0, blocks)));
    }

    private static byte[] key(int number) {
      return String.format("%05d", number).getBytes(StandardCharsets.UTF_8);
    }

    private void apply(List<VersionEdit.Placed> added, List<VersionEdit.Removed> removed) {
      version =
          version.apply(
              new VersionEdit(
                  added, removed, List.of(), VersionEdit.UNCHANGED, VersionEdit.UNCHANGED));
      for (int level = 1; level < Version.LEVELS; level++) {
        List<TableMeta> tables = version.tables(level);
        for (int i = 1; i < tables.size(); i++) {
          assertThat(Arrays.compareUnsigned(tables.get(i - 1).largest(), tables.get(i).smallest()))
              .isNegative();
        }
      }
    }
  }
}
