package io.zapkv.ring.pool;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zapkv.ring.Ring;
import io.zapkv.ring.RingContract;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.sys.LinuxFile;
import io.zapkv.ring.sys.LinuxFile.Flag;
import io.zapkv.ring.sys.NativeAccess;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// The ring contract with workers that block in calls on raw descriptors.
class ThreadPoolRingOnLinuxFilesTest extends RingContract {
  private static RingWorkers workers;

  @TempDir private Path folder;
  private int files;

  @BeforeAll
  static void startWorkers() {
    assumeTrue(NativeAccess.isAllowed(), () -> String.valueOf(NativeAccess.refusal()));
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
    return LinuxFile.open(path, Flag.WRITE);
  }
}
