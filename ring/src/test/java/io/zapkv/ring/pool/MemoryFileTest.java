package io.zapkv.ring.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.ring.Errno;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class MemoryFileTest {
  private final MemoryFile file = new MemoryFile(MemorySegment.ofArray(new byte[16]));

  private static MemorySegment bytes(int size) {
    return MemorySegment.ofArray(new byte[size]);
  }

  @Test
  void itsSizeIsThatOfTheMemory() {
    assertThat(file.write(0, bytes(16))).isEqualTo(16);
    assertThat(file.write(0, bytes(17))).isEqualTo(-Errno.ENOSPC);
    assertThat(file.write(10, bytes(7))).isEqualTo(-Errno.ENOSPC);
    assertThat(file.write(Long.MAX_VALUE, bytes(1))).isEqualTo(-Errno.ENOSPC);
    assertThat(file.read(10, bytes(6))).isEqualTo(6);
    assertThat(file.read(10, bytes(7))).isEqualTo(-Errno.EIO);
  }
}
