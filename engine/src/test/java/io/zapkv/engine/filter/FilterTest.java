package io.zapkv.engine.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.engine.base.Keys;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FilterTest {
  private static final int KEYS = 20_000;

  @Test
  void aKeyThatWasAddedIsNeverDenied() {
    for (int bits = 0; bits <= FilterWriter.BITS_PER_KEY_MAX; bits++) {
      for (int keys : new int[] {0, 1, 2, 51, 52, 1000}) {
        Filter filter = Filter.of(bits, keys);
        for (int i = 0; i < keys; i++) {
          assertThat(filter.mayContain(hash("key" + i))).isTrue();
        }
      }
    }
  }

  @Test
  void anEmptyFilterDeniesEverything() {
    Filter filter = Filter.of(10, 0);
    for (int i = 0; i < 1000; i++) {
      assertThat(filter.mayContain(hash("key" + i))).isFalse();
    }
  }

  @Test
  void tenBitsAKeyLetFewerThanThreeInTwoHundredPass() {
    assertThat(falsePositives(10)).isBetween(0.005, 0.015);
  }

  @Test
  void moreBitsLetFewerPass() {
    assertThat(falsePositives(16)).isLessThan(0.004);
    assertThat(falsePositives(5)).isBetween(0.05, 0.15);
  }

  @Test
  void versionsOfOneKeyCountOnce() {
    FilterWriter writer = new FilterWriter(10);
    for (int i = 0; i < 100; i++) {
      writer.add(hash("same"));
    }
    assertThat(writer.keys()).isEqualTo(1);
    assertThat(writer.finish()).hasSize(64);
    assertThat(writer.keys()).isZero();
  }

  @Test
  void theLengthIsKnownBeforehand() {
    FilterWriter writer = new FilterWriter(10);
    for (int i = 0; i < 1000; i++) {
      writer.add(hash("key" + i));
    }
    int expected = writer.lengthBytes(writer.keys());
    assertThat(writer.finish()).hasSize(expected);
    assertThat(FilterReader.isFilter(expected)).isTrue();
    assertThat(FilterReader.isFilter(expected + 1)).isFalse();
    assertThat(FilterReader.isFilter(0)).isFalse();
  }

  @Test
  void bitsOutsideTheLimitsAreRefused() {
    assertThatThrownBy(() -> new FilterWriter(33)).hasMessageContaining("got 33");
    assertThatThrownBy(() -> new FilterReader(8)).hasMessageContaining("got 8");
  }

  private static double falsePositives(int bits) {
    Filter filter = Filter.of(bits, KEYS);
    SplittableRandom random = new SplittableRandom(7);
    int passed = 0;
    int asked = 500_000;
    for (int i = 0; i < asked; i++) {
      if (filter.mayContain(hash("other" + random.nextLong()))) {
        passed++;
      }
    }
    return (double) passed / asked;
  }

  private static long hash(String key) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    return Keys.hash(MemorySegment.ofArray(bytes), 0, bytes.length);
  }

  private record Filter(FilterReader reader, MemorySegment bytes) {
    static Filter of(int bits, int keys) {
      FilterWriter writer = new FilterWriter(bits);
      for (int i = 0; i < keys; i++) {
        writer.add(hash("key" + i));
      }
      return new Filter(new FilterReader(writer.probes()), MemorySegment.ofArray(writer.finish()));
    }

    boolean mayContain(long hash) {
      return reader.mayContain(bytes, 0, (int) bytes.byteSize(), hash);
    }
  }
}
