package io.zapkv.ring.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.ring.Completions;
import io.zapkv.ring.Errno;
import io.zapkv.ring.Ring;
import io.zapkv.ring.RingFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ThreadPoolRingTest {
  private final Arena arena = Arena.ofShared();
  private final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
  private final AtomicReference<Throwable> uncaught = new AtomicReference<>();
  private RingWorkers workers = RingWorkers.start(2, this::newThread);

  private Thread newThread(Runnable work) {
    Thread thread = new Thread(work);
    thread.setUncaughtExceptionHandler((_, e) -> uncaught.set(e));
    threads.add(thread);
    return thread;
  }

  @AfterEach
  void close() {
    workers.close();
    arena.close();
  }

  private MemoryFile memoryFile() {
    return new MemoryFile(arena.allocate(4096));
  }

  @Test
  void anOperationThatTakesLongIsOvertaken() throws Exception {
    GatedFile slow = new GatedFile();
    GatedFile quick = new GatedFile();
    quick.gate.countDown();
    try (Ring ring = new ThreadPoolRing(4, workers)) {
      ring.sync(slow, 0, 1);
      ring.flush();
      slow.arrived.await();
      ring.sync(quick, 0, 2);
      Completions completions = new Completions();
      ring.await(completions, 1);
      assertThat(completions.tokens()).containsExactly(2L);
      slow.gate.countDown();
      completions.drain(ring);
      assertThat(completions.tokens()).containsExactly(2L, 1L);
    }
  }

  @Test
  void memoryIsCopiedOnTheOwnersThreadAtTheFlush() {
    Thread[] ran = {null};
    RingFile file =
        new RingFile() {
          @Override
          public int read(long offsetBytes, MemorySegment target) {
            return 0;
          }

          @Override
          public int write(long offsetBytes, MemorySegment source) {
            return 0;
          }

          @Override
          public int sync() {
            ran[0] = Thread.currentThread();
            return 0;
          }

          @Override
          public boolean isMemory() {
            return true;
          }

          @Override
          public void close() {}
        };
    try (Ring ring = new ThreadPoolRing(4, workers)) {
      ring.sync(file, 0, 1);
      assertThat(ran[0]).isNull();
      ring.flush();
      assertThat(ran[0]).isSameAs(Thread.currentThread());
      assertThat(ring.poll(new Completions(), 1)).as("it is ready at once").isOne();
    }
  }

  @Test
  void aChainRunsOnOneWorkerEvenWhereItTouchesMemory() {
    GatedFile file = new GatedFile();
    file.gate.countDown();
    try (Ring ring = new ThreadPoolRing(16, workers)) {
      for (int i = 0; i < 5; i++) {
        ring.sync(file, Ring.LINK, 2 * i);
        ring.sync(memoryFile(), Ring.LINK, 2 * i + 1);
      }
      Completions completions = new Completions().drain(ring);
      assertThat(completions.tokens()).isSorted();
      assertThat(file.threads).hasSize(5).containsOnly(file.threads.getFirst());
      assertThat(threads).contains(file.threads.getFirst());
    }
  }

  @Test
  void awaitSleepsUntilAWorkerIsDone() throws Exception {
    GatedFile file = new GatedFile();
    try (Ring ring = new ThreadPoolRing(4, workers)) {
      Completions completions = new Completions();
      Thread owner =
          new Thread(() -> {
            ring.sync(file, 0, 1);
            ring.await(completions, 1);
          });
      owner.start();
      file.arrived.await();
      while (owner.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      owner.interrupt();
      file.gate.countDown();
      owner.join();
      assertThat(completions.result(1)).isZero();
    }
  }

  @Test
  void closeWaitsForAWorkerThatIsInsideAFile() throws Exception {
    GatedFile file = new GatedFile();
    Ring ring = new ThreadPoolRing(4, workers);
    ring.sync(file, 0, 1);
    ring.flush();
    file.arrived.await();
    Thread closer = new Thread(ring::close);
    closer.start();
    while (closer.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    file.gate.countDown();
    closer.join();
    assertThat(ring.outstanding()).isZero();
  }

  @Test
  void closedWorkersFinishWhatTheyHaveAndCancelTheRest() throws Exception {
    GatedFile file = new GatedFile();
    try (Ring ring = new ThreadPoolRing(8, workers)) {
      for (int token = 0; token < 5; token++) {
        ring.sync(file, 0, token);
      }
      ring.flush();
      while (file.threads.size() < 2) {
        Thread.onSpinWait();
      }
      Thread closer = new Thread(workers::close);
      closer.start();
      while (closer.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      ring.sync(file, Ring.LINK, 5);
      ring.sync(file, 0, 6);
      ring.sync(file, 0, 7);
      assertThat(ring.flush()).isEqualTo(3);
      Completions completions = new Completions();
      assertThat(ring.poll(completions, 8)).isEqualTo(3);
      assertThat(completions.results()).containsOnly(-Errno.ECANCELED);
      file.gate.countDown();
      closer.join();
      completions.drain(ring);
      for (int token = 0; token < 5; token++) {
        assertThat(completions.result(token)).isZero();
      }
      assertThat(threads).hasSize(2);
    }
  }

  @Test
  void aConfinedBufferFailsItsOperation() {
    try (Arena confined = Arena.ofConfined();
        Ring ring = new ThreadPoolRing(4, workers)) {
      ring.write(new FakeChannel(8).file(), 0, confined.allocate(8), 0, 1);
      assertThat(new Completions().drain(ring).result(1)).isEqualTo(-Errno.EFAULT);
    }
  }

  @Test
  void aBugInAFileIsReportedAndCompletes() {
    RingFile broken = new FakeChannel(new AssertionError("bug")).file();
    try (Ring ring = new ThreadPoolRing(4, workers)) {
      for (int token = 0; token < 4; token++) {
        ring.write(broken, 0, arena.allocate(8), 0, token);
      }
      assertThat(new Completions().drain(ring).results()).containsOnly(-Errno.EIO).hasSize(4);
      assertThat(uncaught.get()).isInstanceOf(AssertionError.class);
    }
  }

  @Test
  void manyRingsOfManyThreadsShareTheWorkers() throws Exception {
    List<Thread> owners = new ArrayList<>();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    for (int owner = 0; owner < 4; owner++) {
      FakeChannel channel = new FakeChannel(1 << 12);
      owners.add(
          new Thread(() -> {
            try (Ring ring = new ThreadPoolRing(5, workers)) {
              long[] sum = {0, 0};
              for (int token = 0; token < 5000; ) {
                if (ring.sync(channel.file(), 0, token)) {
                  token++;
                } else {
                  ring.await((t, r, _) -> sum[0] += t + r, 3);
                }
              }
              while (ring.outstanding() > 0) {
                ring.await((t, r, _) -> sum[0] += t + r, 3);
              }
              assertThat(sum[0]).isEqualTo(5000L * 4999 / 2);
            } catch (Throwable e) {
              failure.set(e);
            }
          }));
    }
    owners.forEach(Thread::start);
    for (Thread owner : owners) {
      owner.join();
    }
    assertThat(failure.get()).isNull();
  }

  /// Three threads take turns at one ring under a lock, each with operations of the others in
  /// flight.
  @Test
  void oneRingIsHandedBetweenThreadsUnderALock() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    FakeChannel channel = new FakeChannel(16);
    int[] seen = new int[3000];
    AtomicReference<Throwable> failure = new AtomicReference<>();
    try (Ring ring = new ThreadPoolRing(7, workers)) {
      List<Thread> owners = new ArrayList<>();
      for (int owner = 0; owner < 3; owner++) {
        int first = owner * 1000;
        owners.add(
            new Thread(() -> {
              try {
                for (int token = first; token < first + 1000; ) {
                  lock.lock();
                  try {
                    if (ring.sync(channel.file(), 0, token)) {
                      token++;
                      ring.flush();
                    } else {
                      ring.await((t, _, _) -> seen[(int) t]++, 2);
                    }
                  } finally {
                    lock.unlock();
                  }
                }
              } catch (Throwable e) {
                failure.set(e);
              }
            }));
      }
      owners.forEach(Thread::start);
      for (Thread owner : owners) {
        owner.join();
      }
      while (ring.outstanding() > 0) {
        ring.await((t, _, _) -> seen[(int) t]++, 2);
      }
    }
    assertThat(failure.get()).isNull();
    assertThat(seen).containsOnly(1);
  }
}
