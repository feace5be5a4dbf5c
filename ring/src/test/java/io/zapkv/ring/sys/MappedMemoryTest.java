package io.zapkv.ring.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zapkv.ring.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedMemoryTest {
  private static final int PAGE_BYTES = 4096;

  @TempDir private Path folder;

  @Test
  void aMappingWithoutReadAheadIsMarkedAsReadAtRandom() throws Exception {
    assumeTrue(NativeAccess.isAllowed(), () -> String.valueOf(NativeAccess.refusal()));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mapped = map(arena);
      assertThat(flags(mapped)).doesNotContain("rr");
      assertThat(MappedMemory.withoutReadAhead(mapped)).isZero();
      assertThat(flags(mapped)).contains("rr");
    }
  }

  @Test
  void adviceOnMemoryThatBeginsInAPageIsRefused() throws Exception {
    assumeTrue(NativeAccess.isAllowed(), () -> String.valueOf(NativeAccess.refusal()));
    try (Arena arena = Arena.ofConfined()) {
      assertThat(MappedMemory.withoutReadAhead(map(arena).asSlice(1))).isEqualTo(-Errno.EINVAL);
    }
  }

  private MemorySegment map(Arena arena) throws IOException {
    Path path = Files.write(folder.resolve("file"), new byte[4 * PAGE_BYTES]);
    try (FileChannel channel = FileChannel.open(path)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, 4 * PAGE_BYTES, arena);
    }
  }

  /// The flags of a mapping (proc_pid_smaps(5), `VmFlags`).
  private static List<String> flags(MemorySegment mapped) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
    String from = "%08x-".formatted(mapped.address());
    int at = 0;
    while (!lines.get(at).startsWith(from)) {
      at++;
    }
    while (!lines.get(at).startsWith("VmFlags:")) {
      at++;
    }
    return List.of(lines.get(at).split(" +"));
  }
}
