package io.zapkv.engine.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeysTest {
  private static final long SEED = 7;

  @Test
  void orderIsThatOfUnsignedBytesAndAPrefixComesFirst() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 200_000; i++) {
      byte[] a = similarBytes(random);
      byte[] b = similarBytes(random);
      assertThat(Integer.signum(compare(a, b)))
          .as("seed %d, round %d", SEED, i)
          .isEqualTo(Integer.signum(Arrays.compareUnsigned(a, b)));
    }
  }

  @Test
  void theCommonPrefixIsWhereTwoKeysFirstDiffer() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 200_000; i++) {
      byte[] a = similarBytes(random);
      byte[] b = similarBytes(random);
      int mismatch = Arrays.mismatch(a, b);
      assertThat(
              Keys.commonPrefix(
                  MemorySegment.ofArray(a), 0, a.length, MemorySegment.ofArray(b), 0, b.length))
          .isEqualTo(mismatch < 0 ? a.length : mismatch);
    }
  }

  @Test
  void prefixesNeverContradictTheOrderOfKeys() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 200_000; i++) {
      byte[] a = similarBytes(random);
      byte[] b = similarBytes(random);
      int byPrefix =
          Long.compareUnsigned(
              Keys.prefix8(MemorySegment.ofArray(a), 0, a.length),
              Keys.prefix8(MemorySegment.ofArray(b), 0, b.length));
      if (byPrefix != 0) {
        assertThat(Integer.signum(byPrefix)).isEqualTo(Integer.signum(compare(a, b)));
      }
    }
  }

  @Test
  void aKeyInAnArrayHasTheOrderAndPrefixOfTheSameBytesInASegment() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 200_000; i++) {
      byte[] a = similarBytes(random);
      byte[] b = similarBytes(random);
      assertThat(Integer.signum(Keys.compare(a, MemorySegment.ofArray(b), 0, b.length)))
          .isEqualTo(Integer.signum(Arrays.compareUnsigned(a, b)));
      assertThat(Keys.prefix8(a)).isEqualTo(Keys.prefix8(MemorySegment.ofArray(a), 0, a.length));
    }
  }

  @Test
  void theHashOfAKeyNeverChangesBecauseFiltersOnDevicesHoldIt() {
    assertThat(hash("")).isEqualTo(0xFDBD_920B_A628_A4B8L);
    assertThat(hash("a")).isEqualTo(0x35BB_6D82_AC02_99FFL);
    assertThat(hash("user6284781860667377211")).isEqualTo(0x1B9F_E593_AD9C_7452L);
  }

  @Test
  void hashesOfCountersSpreadOverAllBits() {
    Set<Integer> low = new HashSet<>();
    Set<Integer> high = new HashSet<>();
    for (int i = 0; i < 65_536; i++) {
      byte[] key = "key%08d".formatted(i).getBytes(StandardCharsets.US_ASCII);
      long hash = Keys.hash(MemorySegment.ofArray(key), 0, key.length);
      low.add((int) (hash & 0xFFFF));
      high.add((int) (hash >>> 48));
    }
    // 65,536 balls in as many bins leave 1/e of them empty
    assertThat(low.size()).isBetween(41_000, 41_900);
    assertThat(high.size()).isBetween(41_000, 41_900);
  }

  private static long hash(String key) {
    byte[] bytes = key.getBytes(StandardCharsets.US_ASCII);
    return Keys.hash(MemorySegment.ofArray(bytes), 0, bytes.length);
  }

  private static int compare(byte[] a, byte[] b) {
    return Keys.compare(
        MemorySegment.ofArray(a), 0, a.length, MemorySegment.ofArray(b), 0, b.length);
  }

  /// Short arrays over few values, so that long common prefixes happen.
  private static byte[] similarBytes(SplittableRandom random) {
    byte[] bytes = new byte[random.nextInt(20)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = random.nextInt(8) == 0 ? (byte) random.nextInt(256) : (byte) 'a';
    }
    return bytes;
  }
}
