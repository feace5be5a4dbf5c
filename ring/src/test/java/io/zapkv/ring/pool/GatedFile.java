package io.zapkv.ring.pool;

import io.zapkv.ring.RingFile;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/// A file whose operations arrive at a gate and wait there until the test opens it.
final class GatedFile implements RingFile {
  final CountDownLatch arrived = new CountDownLatch(1);
  final CountDownLatch gate = new CountDownLatch(1);
  final List<Thread> threads = new CopyOnWriteArrayList<>();

  private int pass(int result) {
    threads.add(Thread.currentThread());
    arrived.countDown();
    boolean interrupted = false;
    while (true) {
      try {
        gate.await();
        break;
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return result;
  }

  @Override
  public int read(long offsetBytes, MemorySegment target) {
    return pass((int) target.byteSize());
  }

  @Override
  public int write(long offsetBytes, MemorySegment source) {
    return pass((int) source.byteSize());
  }

  @Override
  public int sync() {
    return pass(0);
  }

  @Override
  public boolean isMemory() {
    return false;
  }

  @Override
  public void close() {}
}
