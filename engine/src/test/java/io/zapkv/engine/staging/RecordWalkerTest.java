package io.zapkv.engine.staging;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.engine.format.SegmentHeaderDescriptor;
import io.zapkv.engine.staging.RecordWalker.Gaps;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordWalkerTest {
  private static final int HEAD = SegmentHeaderDescriptor.BYTES;
  private static final long BASE = 1000;

  private final Arena arena = Arena.ofShared();
  private final StagingSegment segment = StagingArea.scratch(arena, 1 << 16, BASE);

  @AfterEach
  void free() {
    arena.close();
  }

  @ParameterizedTest
  @EnumSource
  void publishedRecordsAndBatchesAreFoundInOrder(Gaps gaps) {
    Records.put(segment, "a", "1");
    batch("b", "2", "c", "3");
    Records.put(segment, "", "");

    RecordWalker walker = walker(gaps);
    assertThat(Records.found(walker, segment.memory())).containsExactly("a=1", "b=2", "c=3", "=");
    assertThat(walker.endSequence()).isEqualTo(segment.endSequence());
    assertThat(walker.steppedOverBytes()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void anAbandonedClaimIsSteppedOver(Gaps gaps) {
    Records.put(segment, "a", "1");
    long given = Records.write(segment, "b", "2");
    segment.abandon(given, Records.length("b", "2"));
    Records.put(segment, "c", "3");

    RecordWalker walker = walker(gaps);
    assertThat(Records.found(walker, segment.memory())).containsExactly("a=1", "c=3");
    assertThat(walker.steppedOverBytes()).isEqualTo(40);
  }

  @Test
  void aStrictWalkStopsAtAClaimNeverPublishedAndALenientOneStepsOver() {
    Records.put(segment, "a", "1");
    long torn = Records.write(segment, "b", "2");
    Records.put(segment, "c", "3");

    RecordWalker strict = walker(Gaps.STOP);
    assertThat(Records.found(strict, segment.memory())).containsExactly("a=1");
    assertThat(strict.endSequence()).isEqualTo(segment.sequence(torn));
    assertThat(Records.found(walker(Gaps.STEP_OVER), segment.memory()))
        .containsExactly("a=1", "c=3");
  }

  @Test
  void theLastClaimNeverPublishedEndsALenientWalkBeforeIt() {
    Records.put(segment, "a", "1");
    long torn = Records.write(segment, "b", "2");

    RecordWalker walker = walker(Gaps.STEP_OVER);
    assertThat(Records.found(walker, segment.memory())).containsExactly("a=1");
    assertThat(walker.position()).isEqualTo(torn);
    assertThat(walker.isHaltedByDamage()).isFalse();
  }

  @Test
  void membersOfABatchNeverPublishedAreNoRecords() {
    Records.put(segment, "a", "1");
    Records.writeBatch(segment, "b", "2", "c", "3");
    Records.put(segment, "d", "4");

    assertThat(Records.found(walker(Gaps.STEP_OVER), segment.memory()))
        .containsExactly("a=1", "d=4");
    assertThat(Records.found(walker(Gaps.STOP), segment.memory())).containsExactly("a=1");
  }

  @ParameterizedTest
  @EnumSource
  void aBatchWithADamagedMemberIsNotThereAtAll(Gaps gaps) {
    Records.put(segment, "a", "1");
    long header = batch("b", "2", "c", "3");
    Records.put(segment, "d", "4");
    flip(header + 32 + 40 + 33, 1); // the second member's value

    RecordWalker walker = walker(gaps);
    assertThat(Records.found(walker, segment.memory())).containsExactly("a=1");
    assertThat(walker.isHaltedByDamage()).isTrue();
  }

  @Test
  void recordsOfAnEarlierUseAreNotTakenForThisOnes() {
    Records.put(segment, "a", "1");
    Records.put(segment, "b", "2");
    StagingSegment again =
        StagingSegment.start(
            segment.memory(),
            new SegmentHeaderDescriptor(0, 0, 2, 0, BASE, segment.segmentBytes(), 0));
    Records.put(again, "c", "3");

    RecordWalker walker =
        new RecordWalker(
            again.memory(), again.tag(), BASE, HEAD, again.segmentBytes(), Gaps.STEP_OVER);
    assertThat(Records.found(walker, again.memory())).containsExactly("c=3");
  }

  @Test
  void aRecordElsewhereThanItWasWrittenForIsNoRecord() {
    long first = Records.put(segment, "a", "1");
    MemorySegment memory = segment.memory();
    MemorySegment.copy(memory, first, memory, first + 40, 40);

    assertThat(Records.found(walker(Gaps.STEP_OVER), memory)).containsExactly("a=1");
  }

  @Test
  void everyFlippedBitOfARecordIsNoticed() {
    Records.put(segment, "key", "some value");
    long end = segment.tailBytes();
    int unnoticed = 0;
    for (long at = HEAD; at < end; at++) {
      boolean isPrevious = at >= HEAD + 12 && at < HEAD + 16;
      boolean isPadding = at >= HEAD + 32 + 13;
      for (int bit = 0; bit < 8 && !isPrevious && !isPadding; bit++) {
        flip(at, 1 << bit);
        if (walker(Gaps.STEP_OVER).next()) {
          unnoticed++;
        }
        flip(at, 1 << bit);
      }
    }
    assertThat(unnoticed).isZero();
    assertThat(walker(Gaps.STOP).next()).isTrue();
  }

  /// Whatever the bytes are, a walk ends, stays inside, and finds only what was written.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void hostileBytesNeverLeadOutOfBounds(int run) {
    long seed = Long.getLong("zap.seed", 500L + run);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 300; round++) {
      StagingSegment fuzzed = StagingArea.scratch(arena, 2 * HEAD, BASE);
      List<String> written = new ArrayList<>();
      while (fuzzed.tailBytes() < 2 * HEAD - 400) {
        String key = "k" + random.nextInt(1000);
        if (random.nextInt(3) == 0) {
          long header = Records.writeBatch(fuzzed, key, "x", "m", "y");
          fuzzed.publish(header, Records.batchLength(key, "x", "m", "y"));
          written.add(key + "=x");
          written.add("m=y");
        } else {
          Records.put(fuzzed, key, "v".repeat(random.nextInt(50)));
          written.add(key);
        }
      }
      MemorySegment memory = fuzzed.memory();
      int hits = 1 + random.nextInt(20);
      for (int i = 0; i < hits; i++) {
        long at = HEAD + random.nextLong(HEAD / 8) * 8 + random.nextInt(8);
        switch (random.nextInt(3)) {
          case 0 -> memory.set(ValueLayout.JAVA_BYTE, at, (byte) random.nextInt());
          case 1 -> memory.set(ValueLayout.JAVA_INT_UNALIGNED, at & ~7, random.nextInt());
          default -> // a state that is believed: this use's tag, any length
              memory.set(
                  ValueLayout.JAVA_LONG,
                  at & ~7,
                  (long) fuzzed.tag() << 32 | (random.nextInt() & 0xFFFFFFFFL));
        }
      }
      long limit = HEAD + random.nextLong(HEAD + 1);
      for (Gaps gaps : Gaps.values()) {
        RecordWalker walker = new RecordWalker(memory, fuzzed.tag(), BASE, HEAD, limit, gaps);
        List<String> found = Records.found(walker, memory);
        assertThat(found.size())
            .as("replay with -Dtest=RecordWalkerTest -Dzap.seed=" + seed)
            .isLessThanOrEqualTo(written.size());
        assertThat(walker.position()).isLessThanOrEqualTo(Math.max(HEAD, limit));
      }
    }
  }

  private long batch(String... keysAndValues) {
    long offset = Records.writeBatch(segment, keysAndValues);
    segment.publish(offset, Records.batchLength(keysAndValues));
    return offset;
  }

  private RecordWalker walker(Gaps gaps) {
    return new RecordWalker(
        segment.memory(), segment.tag(), BASE, HEAD, segment.segmentBytes(), gaps);
  }

  private void flip(long at, int bits) {
    MemorySegment memory = segment.memory();
    byte old = memory.get(ValueLayout.JAVA_BYTE, at);
    memory.set(ValueLayout.JAVA_BYTE, at, (byte) (old ^ bits));
  }
}
