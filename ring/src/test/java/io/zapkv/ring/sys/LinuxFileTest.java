package io.zapkv.ring.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zapkv.ring.Errno;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.SystemCallException;
import io.zapkv.ring.sys.LinuxFile.Flag;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxFileTest {
  @TempDir private Path folder;
  private final Arena arena = Arena.ofShared();

  @BeforeEach
  void needsNativeAccess() {
    assumeTrue(NativeAccess.isAllowed(), () -> String.valueOf(NativeAccess.refusal()));
  }

  @AfterEach
  void free() {
    arena.close();
  }

  private MemorySegment filled(int bytes, int value) {
    MemorySegment segment = arena.allocate(bytes);
    segment.fill((byte) value);
    return segment;
  }

  @Test
  void aFileIsMadeForItsOwnerAlone() throws Exception {
    Path path = folder.resolve("new");
    try (LinuxFile file = LinuxFile.open(path, Flag.WRITE, Flag.CREATE)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-------");
      assertThat(file.status().permissions()).isEqualTo(0600);
      assertThat(file.status().isCharacterDevice()).isFalse();
      assertThat(file.toString()).isEqualTo(path.toString());
    }
  }

  @Test
  void whatIsWrittenIsReadBackAndCounted() throws Exception {
    Path path = folder.resolve("file");
    try (LinuxFile file = LinuxFile.open(path, Flag.WRITE, Flag.CREATE)) {
      MemorySegment[] both = {filled(3000, 1), filled(0, 0), filled(2000, 2)};
      assertThat(file.writev(100, both, 3)).isEqualTo(5000);
      assertThat(file.write(5100, filled(10, 3))).isEqualTo(10);
      assertThat(file.sync()).isZero();
      assertThat(file.status().sizeBytes()).isEqualTo(5110);
      assertThat(file.status().allocatedBytes()).isPositive();
      assertThat(file.status().inode()).isEqualTo(Files.getAttribute(path, "unix:ino"));
      MemorySegment target = arena.allocate(11);
      assertThat(file.read(5099, target)).isEqualTo(11);
      assertThat(target.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 2);
      assertThat(target.get(ValueLayout.JAVA_BYTE, 10)).isEqualTo((byte) 3);
      assertThat(file.read(5100, target)).as("past the end").isEqualTo(-Errno.EIO);
    }
  }

  @Test
  void theLengthCanBeSetAndTheRoomTaken() throws Exception {
    try (LinuxFile file = LinuxFile.open(folder.resolve("f"), Flag.WRITE, Flag.CREATE)) {
      assertThat(file.truncate(100_000)).isZero();
      assertThat(file.status().sizeBytes()).isEqualTo(100_000);
      assertThat(file.allocate(200_000)).isZero();
      assertThat(file.status().sizeBytes()).isEqualTo(200_000);
      assertThat(file.status().allocatedBytes()).isGreaterThanOrEqualTo(200_000);
      assertThat(file.truncate(-1)).isEqualTo(-Errno.EINVAL);
      assertThat(LinuxFile.truncate(folder.resolve("f"), 5000)).isZero();
      assertThat(file.status().sizeBytes()).isEqualTo(5000);
      assertThat(LinuxFile.truncate(folder.resolve("none"), 0)).isEqualTo(-Errno.ENOENT);
    }
  }

  @Test
  void theErrorIsTheSystemsOwn() throws Exception {
    assertThatThrownBy(() -> LinuxFile.open(folder.resolve("none")))
        .isInstanceOf(SystemCallException.class)
        .hasMessageContaining("none: open failed with ENOENT")
        .matches(e -> ((SystemCallException) e).errno() == Errno.ENOENT);
    Path target = Files.createFile(folder.resolve("target"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), target);
    assertThatThrownBy(() -> LinuxFile.open(link, Flag.WRITE, Flag.NO_FOLLOW))
        .hasMessageContaining("ELOOP");
    try (LinuxFile file = LinuxFile.open(target)) {
      assertThat(file.write(0, filled(1, 1))).isEqualTo(-Errno.EBADF);
      assertThat(file.ioctl(0x4e40, MemorySegment.NULL)).isEqualTo(-Errno.ENOTTY);
    }
    Path full = Path.of("/dev/full");
    if (Files.isWritable(full)) {
      try (LinuxFile file = LinuxFile.open(full, Flag.WRITE)) {
        assertThat(file.write(0, filled(1, 1))).isEqualTo(-Errno.ENOSPC);
        assertThat(file.status().isCharacterDevice()).isTrue();
      }
    }
  }

  @Test
  void aFreedBufferIsNotWritten() throws Exception {
    try (LinuxFile file = LinuxFile.open(folder.resolve("f"), Flag.WRITE, Flag.CREATE)) {
      Arena gone = Arena.ofShared();
      MemorySegment[] freed = {gone.allocate(10)};
      gone.close();
      assertThat(file.writev(0, freed, 1)).isEqualTo(-Errno.EFAULT);
      MemorySegment[] onHeap = {MemorySegment.ofArray(new byte[10])};
      assertThat(file.writev(0, onHeap, 1)).isEqualTo(-Errno.EFAULT);
      assertThat(file.status().sizeBytes()).isZero();
    }
  }

  @Test
  void aLockKeepsOutThisProcessTooAndOutlivesOtherDescriptors() throws Exception {
    Path path = folder.resolve("lock");
    try (LinuxFile holder = LinuxFile.open(path, Flag.WRITE, Flag.CREATE);
        LinuxFile other = LinuxFile.open(path)) {
      assertThat(holder.tryLock(true)).isTrue();
      assertThat(other.tryLock(false)).isFalse();
      FileChannel.open(path, StandardOpenOption.READ).close();
      assertThat(other.tryLock(true)).isFalse();
      holder.close();
      assertThat(other.tryLock(false)).isTrue();
      try (LinuxFile second = LinuxFile.open(path)) {
        assertThat(second.tryLock(false)).as("readers share").isTrue();
      }
    }
  }

  @Test
  void aClosedFileSaysSo() throws Exception {
    LinuxFile file = LinuxFile.open(folder.resolve("f"), Flag.WRITE, Flag.CREATE);
    assertThat(file.descriptor()).isNotNegative();
    file.close();
    file.close();
    assertThat(file.descriptor()).isEqualTo(RingFile.NO_DESCRIPTOR);
    assertThat(file.write(0, filled(1, 1))).isEqualTo(-Errno.EBADF);
    assertThat(file.sync()).isEqualTo(-Errno.EBADF);
  }

  @Test
  void anInterruptDoesNotEndAFile() throws Exception {
    try (LinuxFile file = LinuxFile.open(folder.resolve("f"), Flag.WRITE, Flag.CREATE)) {
      Thread.currentThread().interrupt();
      assertThat(file.write(0, filled(10, 1))).isEqualTo(10);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(file.read(0, arena.allocate(10))).isEqualTo(10);
    }
  }
}
