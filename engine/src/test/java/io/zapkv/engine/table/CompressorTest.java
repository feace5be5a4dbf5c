package io.zapkv.engine.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CompressorTest {
  private static final List<Compressor> BOTH = List.of(Compressor.best(), Compressor.pureJava());

  @Test
  void whatEitherCompressedBothRestore() {
    for (long seed = 0; seed < 100; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int length = 1 + random.nextInt(9000);
      ByteBuffer raw = halfRandom(random, length);
      for (Compressor by : BOTH) {
        ByteBuffer stored = ByteBuffer.allocateDirect(by.lengthMax(length));
        int storedLength = by.compress(raw, length, stored);
        for (Compressor with : BOTH) {
          ByteBuffer back = ByteBuffer.allocateDirect(length + 10);
          assertThat(with.decompress(stored, 0, storedLength, back, length)).isTrue();
          assertThat(back.slice(0, length)).isEqualTo(raw.slice(0, length));
        }
      }
    }
  }

  @Test
  void anotherLengthThanClaimedIsRefused() {
    SplittableRandom random = new SplittableRandom(1);
    ByteBuffer raw = halfRandom(random, 4000);
    for (Compressor compressor : BOTH) {
      ByteBuffer stored = ByteBuffer.allocateDirect(compressor.lengthMax(4000));
      int length = compressor.compress(raw, 4000, stored);
      ByteBuffer back = ByteBuffer.allocateDirect(5000);
      assertThat(compressor.decompress(stored, 0, length, back, 3999)).isFalse();
      assertThat(compressor.decompress(stored, 0, length, back, 4001)).isFalse();
      assertThat(compressor.decompress(stored, 0, length - 1, back, 4000)).isFalse();
    }
  }

  @Test
  void noiseIsRefusedAndWritesNothingBehindTheTarget() {
    for (Compressor compressor : BOTH) {
      for (long seed = 0; seed < 2000; seed++) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] noise = new byte[1 + random.nextInt(300)];
        random.nextBytes(noise);
        ByteBuffer stored = ByteBuffer.allocateDirect(noise.length).put(0, noise);
        ByteBuffer back = ByteBuffer.allocateDirect(4096 + 64);
        int length = 1 + random.nextInt(4096);
        compressor.decompress(stored, 0, noise.length, back, length);
        for (int i = length; i < back.capacity(); i++) {
          assertThat(back.get(i)).isZero();
        }
      }
    }
  }

  @Test
  void anEighthMustBeSaved() {
    assertThat(Compressor.isWorthwhile(4096, 3584)).isTrue();
    assertThat(Compressor.isWorthwhile(4096, 3585)).isFalse();
    assertThat(Compressor.isWorthwhile(4, 4)).isFalse();
  }

  private static ByteBuffer halfRandom(SplittableRandom random, int length) {
    ByteBuffer raw = ByteBuffer.allocateDirect(length);
    for (int i = 0; i < length; i++) {
      raw.put(i, (byte) (i % 64 < 32 ? random.nextInt() : 'x'));
    }
    return raw;
  }
}
