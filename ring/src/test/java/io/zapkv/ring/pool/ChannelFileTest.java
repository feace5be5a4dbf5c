package io.zapkv.ring.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.ring.Errno;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChannelFileTest {
  private static MemorySegment bytes(int... values) {
    byte[] array = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      array[i] = (byte) values[i];
    }
    return MemorySegment.ofArray(array);
  }

  @Test
  void aTransferThatIsShortIsContinuedUntilItIsWhole() {
    FakeChannel channel = new FakeChannel(8);
    channel.bytesPerCall = 2;
    ChannelFile file = channel.file();
    assertThat(file.write(1, bytes(1, 2, 3, 4, 5))).isEqualTo(5);
    assertThat(channel.bytes).containsExactly(0, 1, 2, 3, 4, 5, 0, 0);
    MemorySegment target = MemorySegment.ofArray(new byte[7]);
    assertThat(file.read(0, target)).isEqualTo(7);
    assertThat(target.toArray(ValueLayout.JAVA_BYTE)).containsExactly(0, 1, 2, 3, 4, 5, 0);
  }

  @Test
  void aTransferThatComesToAStandstillFails() {
    FakeChannel channel = new FakeChannel(8);
    assertThat(channel.file().write(4, bytes(1, 2, 3, 4, 5))).isEqualTo(-Errno.EIO);
    assertThat(channel.file().read(4, bytes(1, 2, 3, 4, 5))).isEqualTo(-Errno.EIO);
  }

  @Test
  void whatTheSystemSaysBecomesAnErrno() {
    assertAllFail(new IOException("No space left on device"), Errno.ENOSPC);
    assertAllFail(new IOException("Input/output error"), Errno.EIO);
    assertAllFail(new IOException(), Errno.EIO);
    assertAllFail(new ClosedChannelException(), Errno.EBADF);
  }

  private static void assertAllFail(IOException trouble, int errno) {
    ChannelFile file = new FakeChannel(trouble).file();
    assertThat(file.read(0, bytes(1))).isEqualTo(-errno);
    assertThat(file.write(0, bytes(1))).isEqualTo(-errno);
    assertThat(file.sync()).isEqualTo(-errno);
    assertThatThrownBy(file::close).isInstanceOf(UncheckedIOException.class).hasCause(trouble);
  }

  @Test
  void aFullDeviceSaysSo() throws IOException {
    Path full = Path.of("/dev/full");
    if (Files.isWritable(full)) {
      try (ChannelFile file = ChannelFile.open(full)) {
        assertThat(file.write(0, bytes(1, 2, 3))).isEqualTo(-Errno.ENOSPC);
      }
    }
  }

  @Test
  void aFileThatIsNotThereIsMadeEmptyAndGrows(@TempDir Path folder) throws IOException {
    Path path = folder.resolve("new");
    try (ChannelFile file = ChannelFile.open(path)) {
      assertThat(file.read(0, bytes(1))).isEqualTo(-Errno.EIO);
      assertThat(file.write(2, bytes(7, 8))).isEqualTo(2);
      assertThat(file.sync()).isZero();
    }
    assertThat(Files.readAllBytes(path)).containsExactly(0, 0, 7, 8);
  }

  @Test
  void aClosedFileFailsEveryOperation(@TempDir Path folder) throws IOException {
    ChannelFile file = ChannelFile.open(folder.resolve("new"));
    file.close();
    file.close();
    assertThat(file.write(0, bytes(1))).isEqualTo(-Errno.EBADF);
    assertThat(file.sync()).isEqualTo(-Errno.EBADF);
  }
}
