package io.zapkv.engine.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.engine.compaction.CompactionChoice.Rewrite;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.zone.Extent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class Level0JoinsTest {
  private static final long ZONE_BLOCKS = 64;

  @Test
  void smallTablesOfFewEntriesBecomeOneWhichIsStillAtLevel0() {
    TableMeta third = table(3, 4, 100);
    TableMeta second = table(2, 4, 100);
    TableMeta first = table(1, 4, 100);
    Rewrite join = joins(64, third, second, first).getFirst();
    assertThat(join.merges()).hasSize(1);
    assertThat(join.merges().getFirst().outputLevel()).isZero();
    assertThat(join.merges().getFirst().tables()).containsExactly(third, second, first);
  }

  @Test
  void oneThatWouldNotTakeHalfTheBlocksIsLeft() {
    assertThat(joins(64, table(3, 4, 4 * 4096), table(2, 4, 4 * 4096), table(1, 4, 4 * 4096)))
        .isEmpty();
    assertThat(joins(64, table(2, 4, 100), table(1, 4, 100))).isEmpty();
  }

  @Test
  void aLargeTableIsNotPassed() {
    List<Rewrite> joins =
        joins(
            64,
            table(8, 4, 100),
            table(7, 4, 100),
            table(6, 4, 100),
            table(5, 40, 40 * 4096),
            table(4, 4, 100),
            table(3, 4, 100),
            table(2, 4, 100));
    assertThat(joins).hasSize(2);
    assertThat(joins.get(0).merges().getFirst().tables()).extracting(TableMeta::id).contains(8L);
    assertThat(joins.get(1).merges().getFirst().tables()).extracting(TableMeta::id).contains(2L);
  }

  @Test
  void withoutRoomForItThereIsNone() {
    assertThat(joins(5, table(3, 4, 100), table(2, 4, 100), table(1, 4, 100))).isEmpty();
  }

  private static List<Rewrite> joins(long roomBlocks, TableMeta... newestFirst) {
    CompactionState.Tight room =
        new CompactionState.Tight(Map.of(), roomBlocks, 4096, Set.of(), false);
    return Level0Joins.joins(List.of(newestFirst), room, ZONE_BLOCKS);
  }

  private static TableMeta table(long id, long blocks, long rawBytes) {
    byte[] key = {'a'};
    return new TableMeta(
        id, 0, key, key, id, id, 1, 1, rawBytes, blocks, 0, List.of(new Extent(7, 0, blocks)));
  }
}
