package io.zapkv.engine.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class KeyMarkTest {
  private static final int OFFSET = 3;

  private final KeyMark mark = new KeyMark();

  @Test
  void aNewMarkMatchesNothing() {
    assertThat(matches(key(0))).isFalse();
    assertThat(matches(key(8))).isFalse();
  }

  @Test
  void itMatchesTheKeyAndNoneThatDiffersInOneByteWhereverThatIs() {
    for (int length = 0; length <= 100; length++) {
      byte[] key = key(length);
      mark.set(MemorySegment.ofArray(key), OFFSET, length);
      assertThat(matches(key.clone())).isTrue();
      for (int at = OFFSET; at < key.length; at++) {
        byte[] other = key.clone();
        other[at] ^= 1;
        assertThat(matches(other)).as("length %d, byte %d", length, at).isFalse();
      }
    }
  }

  @Test
  void itDoesNotMatchAKeyThatIsLongerOrShorterByZeros() {
    for (int length = 1; length <= 30; length++) {
      mark.set(MemorySegment.ofArray(new byte[OFFSET + length]), OFFSET, length);
      assertThat(matches(new byte[OFFSET + length - 1])).isFalse();
      assertThat(matches(new byte[OFFSET + length])).isTrue();
      assertThat(matches(new byte[OFFSET + length + 1])).isFalse();
    }
  }

  private boolean matches(byte[] padded) {
    return mark.matches(MemorySegment.ofArray(padded), OFFSET, padded.length - OFFSET);
  }

  private static byte[] key(int length) {
    byte[] padded = new byte[OFFSET + length];
    Arrays.fill(padded, (byte) 'k');
    return padded;
  }
}
