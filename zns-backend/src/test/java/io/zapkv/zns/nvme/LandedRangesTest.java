package io.zapkv.zns.nvme;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LandedRangesTest {
  @Test
  void rangesThatTouchAreOneAndOverlapsAreFound() {
    LandedRanges ranges = new LandedRanges();
    assertThat(ranges.add(4, 6)).isTrue();
    assertThat(ranges.add(0, 2)).isTrue();
    assertThat(ranges.add(2, 4)).isTrue();
    assertThat(ranges.end()).isEqualTo(6);
    assertThat(ranges.add(5, 7)).isFalse();
    assertThat(ranges.add(0, 1)).isFalse();
    assertThat(ranges.add(0, 100)).isFalse();
    assertThat(ranges.add(6, 7)).isTrue();
    ranges.clear();
    assertThat(ranges.add(5, 7)).isTrue();
  }

  @Test
  void theyAgreeWithASetOfBlocks() {
    long seed = Long.getLong("zap.seed", System.nanoTime() & 0xFFFFFFL);
    System.out.println("seed " + seed + "; replay: -Dtest=LandedRangesTest -Dzap.seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 300; round++) {
      LandedRanges ranges = new LandedRanges();
      BitSet blocks = new BitSet();
      for (int i = 0; i < 60; i++) {
        int begin = random.nextInt(80);
        int end = begin + 1 + random.nextInt(5);
        int next = blocks.nextSetBit(begin);
        boolean isFree = next < 0 || next >= end;
        assertThat(ranges.add(begin, end)).isEqualTo(isFree);
        if (isFree) {
          blocks.set(begin, end);
        }
        assertThat(ranges.end()).isEqualTo(blocks.length());
      }
    }
  }
}
