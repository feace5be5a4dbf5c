package io.zapkv.ring.sim;

import io.zapkv.ring.RingContract.StuckFile;
import io.zapkv.ring.pool.MemoryFile;
import java.lang.foreign.MemorySegment;

/// A file for whose reads virtual time must pass, as for every file of a [SimRing].
final class SlowFile implements StuckFile {
  private final MemoryFile file;

  SlowFile(MemorySegment memory) {
    file = new MemoryFile(memory);
  }

  @Override
  public void release() {}

  @Override
  public int read(long offsetBytes, MemorySegment target) {
    return file.read(offsetBytes, target);
  }

  @Override
  public int write(long offsetBytes, MemorySegment source) {
    return file.write(offsetBytes, source);
  }

  @Override
  public int sync() {
    return file.sync();
  }

  @Override
  public boolean isMemory() {
    return true;
  }

  @Override
  public void close() {}
}
