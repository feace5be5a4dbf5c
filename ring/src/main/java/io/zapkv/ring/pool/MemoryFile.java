package io.zapkv.ring.pool;

import io.zapkv.ring.Errno;
import io.zapkv.ring.RingFile;
import java.lang.foreign.MemorySegment;

/// A piece of memory that plays a file of fixed size.
///
/// **Threading.** As [RingFile] says; two operations on the same bytes at once leave a mixture, as
/// they do in any file.
///
/// **Memory.** The memory belongs to whoever allocated it: closing the file frees nothing.
///
/// **Failures.** `EIO` for a read past the end, `ENOSPC` for a write past it.
public final class MemoryFile implements RingFile {
  private final MemorySegment memory;

  /// Makes a file of `memory`, with what is in it.
  public MemoryFile(MemorySegment memory) {
    this.memory = memory;
  }

  @Override
  public int read(long offsetBytes, MemorySegment target) {
    long lengthBytes = target.byteSize();
    if (isOutside(offsetBytes, lengthBytes)) {
      return -Errno.EIO;
    }
    MemorySegment.copy(memory, offsetBytes, target, 0, lengthBytes);
    return (int) lengthBytes;
  }

  @Override
  public int write(long offsetBytes, MemorySegment source) {
    long lengthBytes = source.byteSize();
    if (isOutside(offsetBytes, lengthBytes)) {
      return -Errno.ENOSPC;
    }
    MemorySegment.copy(source, 0, memory, offsetBytes, lengthBytes);
    return (int) lengthBytes;
  }

  private boolean isOutside(long offsetBytes, long lengthBytes) {
    return offsetBytes > memory.byteSize() - lengthBytes;
  }

  @Override
  public int sync() {
    return 0;
  }

  @Override
  public boolean isMemory() {
    return true;
  }

  @Override
  public void close() {}
}
