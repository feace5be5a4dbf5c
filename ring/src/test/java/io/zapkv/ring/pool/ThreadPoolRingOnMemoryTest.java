package io.zapkv.ring.pool;

import io.zapkv.ring.Ring;
import io.zapkv.ring.RingContract;
import io.zapkv.ring.RingFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// The ring contract with operations that are copied on the owner's thread.
class ThreadPoolRingOnMemoryTest extends RingContract {
  private static RingWorkers workers;

  @BeforeAll
  static void startWorkers() {
    workers = RingWorkers.start(1, Thread::new);
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
  protected RingFile openFile() {
    return new MemoryFile(memory(FILE_BYTES));
  }
}
