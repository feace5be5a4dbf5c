package io.zapkv.ring.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What the kernel can be told of a mapped file.
///
/// **Threading.** Any thread.
public final class MappedMemory {
  private static final int MADV_RANDOM = 1; // include/uapi/asm-generic/mman-common.h

  private MappedMemory() {}

  /// Lets a fault fetch its own page only. Otherwise the first touch of a page brings in all that
  /// the disk's read-ahead says, which may be megabytes, while the thread waits.
  ///
  /// @param mapped as the system mapped it, from its first page on
  /// @return zero or a negated errno; advice that is not taken changes nothing
  public static int withoutReadAhead(MemorySegment mapped) {
    try (Arena arena = Arena.ofConfined()) {
      return Libc.madvise(new CallState(arena), mapped, MADV_RANDOM);
    }
  }
}
