package io.zapkv.engine.staging;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.engine.format.SegmentHeaderDescriptor;
import java.lang.foreign.Arena;
import java.util.BitSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StagingSegmentTest {
  private static final int HEAD = SegmentHeaderDescriptor.BYTES;

  private final Arena arena = Arena.ofShared();

  @AfterEach
  void free() {
    arena.close();
  }

  @Test
  void claimsFollowOneAnotherUntilTheSegmentIsFull() {
    StagingSegment segment = StagingArea.scratch(arena, 2 * HEAD, 50);

    assertThat(segment.claim(40)).isEqualTo(HEAD);
    assertThat(segment.claim(HEAD - 48)).isEqualTo(HEAD + 40);
    assertThat(segment.claim(16)).isEqualTo(StagingSegment.FULL);
    assertThat(segment.claim(8)).isEqualTo(2 * HEAD - 8);
    assertThat(segment.claim(8)).isEqualTo(StagingSegment.FULL);
    assertThat(segment.tailBytes()).isEqualTo(2 * HEAD);
  }

  @Test
  void theFirstRecordHasTheBaseSequenceAndTheEndIsTheNextBase() {
    StagingSegment segment = StagingArea.scratch(arena, 2 * HEAD, 50);
    long offset = segment.claim(40);

    assertThat(segment.sequence(offset)).isEqualTo(50);
    assertThat(segment.offset(50)).isEqualTo(offset);
    assertThat(segment.endSequence()).isEqualTo(55);
  }

  @Test
  void aSealedSegmentTakesNoClaimsAndKeepsItsTail() {
    StagingSegment segment = StagingArea.scratch(arena, 2 * HEAD, 50);
    segment.claim(40);

    assertThat(segment.seal()).isEqualTo(HEAD + 40);
    assertThat(segment.seal()).isEqualTo(HEAD + 40);
    assertThat(segment.claim(8)).isEqualTo(StagingSegment.FULL);
    assertThat(segment.tailBytes()).isEqualTo(HEAD + 40);
  }

  @Test
  void claimsAreResolvedInOrderWhetherPublishedOrAbandoned() {
    StagingSegment segment = StagingArea.scratch(arena, 2 * HEAD, 50);
    long first = segment.claim(40);
    long second = segment.claim(48);
    long third = segment.claim(56);
    long end = segment.tailBytes();

    segment.publish(third, 56);
    assertThat(segment.resolvedTo(HEAD, end)).isEqualTo(first);
    segment.abandon(first, 40);
    assertThat(segment.resolvedTo(HEAD, end)).isEqualTo(second);
    segment.publish(second, 48);
    assertThat(segment.resolvedTo(HEAD, end)).isEqualTo(end);
    assertThat(segment.isVisible(first)).isFalse();
    assertThat(segment.isVisible(second)).isTrue();
  }

  @Test
  void claimsOfManyThreadsNeverOverlap() throws Exception {
    StagingSegment segment = StagingArea.scratch(arena, 1 << 20, 0);
    BitSet[] claimed = new BitSet[4];
    try (ExecutorService pool = Executors.newFixedThreadPool(claimed.length)) {
      Future<?>[] claimers = new Future<?>[claimed.length];
      for (int i = 0; i < claimed.length; i++) {
        BitSet mine = new BitSet();
        claimed[i] = mine;
        int bytes = 8 * (i + 1);
        claimers[i] = pool.submit(() -> claimAll(segment, bytes, mine));
      }
      for (Future<?> claimer : claimers) {
        claimer.get();
      }
    }
    BitSet all = new BitSet();
    for (BitSet mine : claimed) {
      assertThat(all.intersects(mine)).isFalse();
      all.or(mine);
    }
    assertThat(all.cardinality()).isEqualTo(((1 << 20) - HEAD) / 8);
  }

  private static void claimAll(StagingSegment segment, int bytes, BitSet mine) {
    for (long at = segment.claim(bytes); at != StagingSegment.FULL; at = segment.claim(bytes)) {
      mine.set((int) at / 8, (int) at / 8 + bytes / 8);
    }
  }
}
