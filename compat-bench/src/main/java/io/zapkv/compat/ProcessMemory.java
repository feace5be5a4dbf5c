package io.zapkv.compat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Watches the memory of this process, as Linux counts it in `/proc/self/status`.
///
/// What is the process's own is told apart from pages of mapped files: those are the page cache's,
/// and the kernel takes them back when it wants to.
public final class ProcessMemory implements AutoCloseable {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int EVERY_MILLIS = 100;

  private final Thread watcher;
  private volatile boolean stopping;
  private volatile Peak peak = new Peak(0, 0);

  /// The highest figures seen.
  ///
  /// @param ownBytes anonymous and shared memory: heap, off-heap, code, stacks
  /// @param mappedBytes pages of mapped files that were resident at the time
  public record Peak(long ownBytes, long mappedBytes) {}

  /// Begins to watch.
  public ProcessMemory() {
    watcher = Thread.ofPlatform().daemon().name("process-memory").start(this::watch);
  }

  /// The highest figures seen up to now.
  public Peak peak() {
    return peak;
  }

  private void watch() {
    try {
      while (!stopping) {
        Peak now = read();
        peak =
            new Peak(
                Math.max(peak.ownBytes(), now.ownBytes()),
                Math.max(peak.mappedBytes(), now.mappedBytes()));
        Thread.sleep(EVERY_MILLIS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static Peak read() {
    long own = 0;
    long mapped = 0;
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("RssAnon:") || line.startsWith("RssShmem:")) {
          own += kilobytes(line) << 10;
        } else if (line.startsWith("RssFile:")) {
          mapped += kilobytes(line) << 10;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Peak(own, mapped);
  }

  /// The number in a line such as `RssAnon: 1234 kB`.
  private static long kilobytes(String line) {
    return Long.parseLong(line.substring(line.indexOf(':') + 1, line.length() - 2).strip());
  }

  /// Ends watching.
  @Override
  public void close() {
    stopping = true;
    watcher.interrupt();
  }
}
