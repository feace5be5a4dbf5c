package io.zapkv.zns.emulated;

import io.zapkv.ring.Errno;
import io.zapkv.ring.RingFile;
import java.lang.foreign.MemorySegment;
import java.util.function.IntSupplier;

/// Something to be done on a ring's thread, dressed as the sync of a file.
///
/// **Threading.** As [RingFile] says, and so must be the action.
final class ActionFile implements RingFile {
  private final IntSupplier action;

  /// @param action answers zero or a negated errno
  ActionFile(IntSupplier action) {
    this.action = action;
  }

  @Override
  public int read(long offsetBytes, MemorySegment target) {
    return -Errno.EINVAL;
  }

  @Override
  public int write(long offsetBytes, MemorySegment source) {
    return -Errno.EINVAL;
  }

  @Override
  public int sync() {
    return action.getAsInt();
  }

  @Override
  public boolean isMemory() {
    return false;
  }

  @Override
  public void close() {}
}
