package io.zapkv.ring.uring;

import io.zapkv.ring.Errno;
import io.zapkv.ring.RingContract.StuckFile;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.sys.LinuxFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// An empty named pipe: the kernel waits for bytes that a test has not written yet.
final class PipeFile implements StuckFile {
  private final Path path;
  private final RingFile file;

  PipeFile(Path path) throws IOException, InterruptedException {
    this.path = path;
    new ProcessBuilder("mkfifo", path.toString()).start().waitFor();
    file = LinuxFile.open(path, LinuxFile.Flag.WRITE);
  }

  @Override
  public void release() throws IOException {
    Files.write(path, new byte[1024], StandardOpenOption.WRITE);
  }

  @Override
  public int descriptor() {
    return file.descriptor();
  }

  @Override
  public int read(long offsetBytes, MemorySegment target) {
    // Only what the kernel could not be asked for comes here.
    return -Errno.EBADF;
  }

  @Override
  public int write(long offsetBytes, MemorySegment source) {
    return -Errno.EBADF;
  }

  @Override
  public int sync() {
    return 0;
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
