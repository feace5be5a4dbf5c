package io.zapkv.engine.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class VarintsTest {
  private final MemorySegment bytes = MemorySegment.ofArray(new byte[16]);

  @Test
  void aNumberReadsBackAndTakesAsManyBytesAsLengthSays() {
    for (int shift = 0; shift < 63; shift++) {
      for (long value : new long[] {(1L << shift) - 1, 1L << shift, (1L << shift) + 1}) {
        long end = Varints.write(bytes, 1, value);
        assertThat(end - 1).isEqualTo(Varints.length(value));
        assertThat(Varints.readLong(bytes, 1, 16)).isEqualTo(value);
        assertThat(Varints.readInt(bytes, 1, 16))
            .isEqualTo(value <= Integer.MAX_VALUE ? (int) value : Varints.MALFORMED);
      }
    }
  }

  @Test
  void aNumberCutShortIsMalformed() {
    long end = Varints.write(bytes, 0, 300);
    assertThat(Varints.readLong(bytes, 0, end - 1)).isEqualTo(Varints.MALFORMED);
    assertThat(Varints.readLong(bytes, 0, 0)).isEqualTo(Varints.MALFORMED);
  }

  @Test
  void aNumberThatNeverEndsIsMalformed() {
    bytes.fill((byte) 0x80);
    assertThat(Varints.readLong(bytes, 0, 16)).isEqualTo(Varints.MALFORMED);
    assertThat(Varints.readInt(bytes, 0, 16)).isEqualTo(Varints.MALFORMED);
  }

  @Test
  void aNumberNotInItsShortestFormIsMalformed() {
    bytes.set(Layouts.U8, 0, (byte) 0x81);
    bytes.set(Layouts.U8, 1, (byte) 0);
    assertThat(Varints.readLong(bytes, 0, 16)).isEqualTo(Varints.MALFORMED);
  }
}
