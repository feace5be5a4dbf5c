package io.zapkv.ring.pool;

import io.zapkv.ring.Ring;
import io.zapkv.ring.RingContract;
import io.zapkv.ring.RingFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// The ring contract with workers that block in file calls.
class ThreadPoolRingOnFilesTest extends RingContract {
  private static RingWorkers workers;

  @TempDir private Path folder;
  private int files;

  @BeforeAll
  static void startWorkers() {
    workers = RingWorkers.start(3, Thread::new);
  }

  @AfterAll
  static void closeWorkers() {
    workers.close();
  }

  @Override
  protected Ring openRing(int capacity) {
    return new ThreadPoolRing(capacity, workers);
  }

  @Override
  protected RingFile openFile() throws Exception {
    Path path = folder.resolve("file" + files++);
    Files.write(path, new byte[FILE_BYTES]);
    return ChannelFile.open(path);
  }
}
