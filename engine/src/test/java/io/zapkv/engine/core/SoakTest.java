package io.zapkv.engine.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.Zap;
import io.zapkv.api.Durability;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.VerifyReport;
import io.zapkv.api.ZapStore;
import io.zapkv.engine.base.SystemEnv;
import io.zapkv.engine.inspect.Inspect;
import io.zapkv.zns.ZonedDevices;
import io.zapkv.zns.check.CheckedDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Many threads, mixed work, and a close at any moment: no wrong answer, nothing lost, nothing
/// leaked, and the close ends.
///
/// `-Dzap.soak.seconds=N` soaks for longer, `-Dzap.seed=N` begins with that seed. What a seed fixes
/// is what each thread wants to do, not how the threads meet.
class SoakTest {
  private static final int SECONDS = Integer.getInteger("zap.soak.seconds", 10);
  private static final int THREADS = 8;
  private static final int VIRTUAL_THREADS = 2_000;
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults().withMemtableBytes(1 << 20).withMemoryBudgetBytes(16 << 20);

  @Test
  void eightThreadsOfMixedWorkAreAnsweredRightUntilTheStoreIsClosedUnderThem() {
    long first = Long.getLong("zap.seed", System.nanoTime() & 0xFFFF_FFFFL);
    String replay = "replay with -Dtest=SoakTest -Dzap.soak.seconds=" + SECONDS + " -Dzap.seed=";
    System.out.println("soak: " + replay + first);
    long end = System.nanoTime() + SECONDS * 1_000_000_000L;
    SoakFigures figures = new SoakFigures();
    for (long seed = first; System.nanoTime() - end < 0 || figures.stores == 0; seed++) {
      long now = seed;
      try {
        Watchdog.within(240, () -> new Soak(now, figures).play());
      } catch (Throwable e) {
        throw new AssertionError(replay + seed, e);
      } finally {
        ZonedDevices.forget(Soak.name(seed));
      }
    }
    System.out.println("soak: " + figures);
  }

  /// One store that is opened, worked on and closed under its workers, again and again.
  private static final class Soak {
    private static final int LIVES = 3;

    private final SplittableRandom random;
    private final Shape shape;
    private final String device;
    private final SoakFigures figures;
    private final List<SoakWorker> workers = new ArrayList<>();

    Soak(long seed, SoakFigures figures) {
      this.random = new SplittableRandom(seed);
      this.figures = figures;
      this.shape = Shape.draw(random);
      this.device = name(seed) + "&" + parameters(random);
      int keys = 20 + random.nextInt(400);
      int valueBytesMax = random.nextInt(4) == 0 ? 6_000 : 700;
      for (int i = 0; i < THREADS; i++) {
        workers.add(new SoakWorker(i, THREADS, keys, valueBytesMax, random.split()));
      }
      workers.forEach(worker -> worker.know(workers));
    }

    static String name(long seed) {
      return "mem:?name=soak-" + seed;
    }

    /// Room enough, also for the tables that a held cursor of each worker keeps: a full device has
    /// a test of its own.
    private static String parameters(SplittableRandom random) {
      return "zones=256&capacity=1MiB&open=%d&active=14&append=%dKiB&reorder=%d"
          .formatted(4 + random.nextInt(9), 16 << random.nextInt(4), 1 + random.nextInt(1000));
    }

    void play() throws InterruptedException {
      for (int life = 0; life < LIVES; life++) {
        ZapStore store = open();
        try (store) {
          workers.forEach(worker -> worker.checkAll(store));
          work(store, 50 + random.nextInt(2_000));
        }
        figures.stores++;
      }
      VerifyReport report = Inspect.verify(device.substring(0, device.indexOf('&')));
      assertThat(report.problems()).isEmpty();
      try (ZapStore store = open()) {
        workers.forEach(worker -> worker.checkAll(store));
        SoakWorker.checkWhole(store, workers);
        workers.forEach(worker -> figures.add(worker));
      }
    }

    private ZapStore open() {
      // The checker fails the close where a queue was not given back, or an answer cannot be.
      return Engine.open(
          new CheckedDevice(ZonedDevices.open(device)), shape.options(), new SystemEnv());
    }

    /// Lets the workers work, and closes the store under them after so many milliseconds.
    private void work(ZapStore store, int millis) throws InterruptedException {
      AtomicReference<Throwable> wrong = new AtomicReference<>();
      List<Thread> threads = new ArrayList<>();
      for (SoakWorker worker : workers) {
        Runnable body =
            () -> {
              try {
                worker.workUntilClosed(store);
              } catch (Throwable e) {
                wrong.compareAndSet(null, e);
              }
            };
        Thread.Builder kind = random.nextInt(4) == 0 ? Thread.ofVirtual() : Thread.ofPlatform();
        threads.add(kind.name("soak").start(body));
      }
      for (int waited = 0; waited < millis && wrong.get() == null; waited += 10) {
        Thread.sleep(10);
      }
      // Two at once, now and then: the second returns when the store is closed, too.
      if (random.nextInt(3) == 0) {
        threads.add(Thread.ofPlatform().name("closer").start(store::close));
      }
      store.close();
      for (Thread thread : threads) {
        thread.join();
      }
      if (wrong.get() != null) {
        throw new AssertionError(shape + ", " + device, wrong.get());
      }
    }
  }

  @Test
  void twoThousandVirtualThreadsWriteDurablyAndBufferedAndAllOfItIsThere(@TempDir Path folder) {
    long seconds = Math.max(1, SECONDS / 5);
    AtomicLong acknowledged = new AtomicLong();
    AtomicLong durable = new AtomicLong();
    String device = "emu:" + folder.resolve("d") + "?zones=128&capacity=4MiB";
    long[] written = new long[VIRTUAL_THREADS];
    Watchdog.within(
        120 + (int) seconds,
        () -> {
          long end = System.nanoTime() + seconds * 1_000_000_000L;
          try (ZapStore store = Zap.open(device, OPTIONS)) {
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
              var all = new ArrayList<java.util.concurrent.Future<?>>();
              for (int i = 0; i < VIRTUAL_THREADS; i++) {
                int id = i;
                all.add(
                    threads.submit(() -> {
                      for (int n = 1; n == 1 || System.nanoTime() - end < 0; n++) {
                        boolean sync = (id + n) % 4 == 0;
                        store.put(
                            SoakValue.key(id, n % 5),
                            SoakValue.of(id, n % 5, n, 100),
                            sync ? Durability.DURABLE : Durability.BUFFERED);
                        written[id] = n;
                        acknowledged.incrementAndGet();
                        durable.addAndGet(sync ? 1 : 0);
                        byte[] back = store.get(SoakValue.key(id, n % 5));
                        assertThat(SoakValue.version(back, id, n % 5)).isEqualTo(n);
                      }
                    }));
              }
              for (var each : all) {
                each.get();
              }
            }
          }
          try (ZapStore store = Zap.open(device, OPTIONS)) {
            for (int id = 0; id < VIRTUAL_THREADS; id++) {
              for (long n = Math.max(1, written[id] - 4); n <= written[id]; n++) {
                byte[] back = store.get(SoakValue.key(id, (int) (n % 5)));
                assertThat(SoakValue.version(back, id, (int) (n % 5))).isEqualTo(n);
              }
            }
          }
        });
    System.out.println(
        "virtual threads: " + acknowledged + " writes, " + durable + " of them durable");
  }
}
