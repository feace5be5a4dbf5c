package io.zapkv.ring.uring;

import io.zapkv.ring.RingFile;
import io.zapkv.ring.sys.LinuxFile;
import java.lang.foreign.MemorySegment;

/// A file all of whose operations a ring leaves to the kernel, buffered writes too.
final class InKernel implements RingFile {
  private final LinuxFile file;

  InKernel(LinuxFile file) {
    this.file = file;
  }

  @Override
  public int descriptor() {
    return file.descriptor();
  }

  @Override
  public boolean syncsInKernel() {
    return true;
  }

  @Override
  public int read(long offsetBytes, MemorySegment target) {
    return file.read(offsetBytes, target);
  }

  @Override
  public int write(long offsetBytes, MemorySegment source) {
    return file.write(offsetBytes, source);
  }

  @Override
  public int writev(long offsetBytes, MemorySegment[] sources, int count) {
    return file.writev(offsetBytes, sources, count);
  }

  @Override
  public int sync() {
    return file.sync();
  }

  @Override
  public boolean isMemory() {
    return false;
  }

  @Override
  public void close() {
    file.close();
  }
}
