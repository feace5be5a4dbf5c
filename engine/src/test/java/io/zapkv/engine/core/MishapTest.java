package io.zapkv.engine.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.Zap;
import io.zapkv.api.Cursor;
import io.zapkv.api.DeviceException;
import io.zapkv.api.Durability;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.ZapException;
import io.zapkv.api.ZapStore;
import io.zapkv.engine.base.SystemEnv;
import io.zapkv.engine.write.StallPolicy;
import io.zapkv.ring.Clock;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What happens to a program and not to a device: errors of the machine in the middle of work,
/// interrupts, a clock that jumps (F26 to F28).
class MishapTest {
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults().withMemtableBytes(1 << 20).withMemoryBudgetBytes(16 << 20);
  private static final String SMALL = "zones=64&capacity=256KiB&append=32KiB";
  private static final int KEYS = 300;

  @Test
  void anErrorInTheMiddleOfAnyAppendEndsWritingAndLosesNothing() {
    List<Supplier<Error>> errors = List.of(OutOfMemoryError::new, StackOverflowError::new);
    for (Supplier<Error> error : errors) {
      boolean struck = true;
      for (int nth = 1; struck; nth++) {
        int now = nth;
        AtomicBoolean strikes = new AtomicBoolean();
        Watchdog.within(60, () -> strikes.set(strike(error, now)));
        struck = strikes.get();
        assertThat(struck || nth > 10).as("appends of one run").isTrue();
      }
    }
  }

  /// @return whether there was an append for the error to strike
  private static boolean strike(Supplier<Error> error, int nth) {
    String name = "mem:?name=mishap-" + nth;
    AtomicLong appends = new AtomicLong();
    AtomicBoolean armed = new AtomicBoolean();
    long[] acknowledged = new long[KEYS];
    long[] begun = new long[KEYS];
    boolean struck = false;
    try {
      ZonedDevice device =
          new HookedDevice(
              ZonedDevices.open(name + "&" + SMALL),
              _ -> {
                if (armed.get() && appends.incrementAndGet() == nth) {
                  throw error.get();
                }
              });
      ZapStore store = Engine.open(device, OPTIONS, new SystemEnv());
      armed.set(true);
      try {
        for (int i = 0; i < 3 * KEYS; i++) {
          int key = i % KEYS;
          begun[key]++;
          store.put(
              SoakValue.key(0, key),
              SoakValue.of(0, key, begun[key], 600),
              i % 150 == 5 ? Durability.DURABLE : Durability.BUFFERED);
          acknowledged[key] = begun[key];
          if (i % 250 == 249) {
            store.flush();
          }
        }
        store.compact();
      } catch (DeviceException | OutOfMemoryError | StackOverflowError _) {
        struck = true;
      }
      armed.set(false); // a close that writes is not what is struck here
      struck |= appends.get() >= nth;
      if (struck) {
        refusesWrites(store);
      }
      check(store, acknowledged, begun);
      store.close();
      try (ZapStore again = Zap.open(name, OPTIONS)) {
        check(again, acknowledged, begun);
        again.put(SoakValue.key(0, 0), SoakValue.of(0, 0, 9, 9), Durability.DURABLE);
      }
    } finally {
      ZonedDevices.forget(name);
    }
    return struck;
  }

  /// At once, or as soon as the lane that was struck has said so.
  private static void refusesWrites(ZapStore store) {
    for (int tries = 0; tries < 1_000; tries++) {
      try {
        store.flush();
      } catch (ZapException _) {
        break;
      }
    }
    assertThatThrownBy(() -> store.put(new byte[] {1}, new byte[1]))
        .isInstanceOf(DeviceException.class)
        .hasRootCauseInstanceOf(VirtualMachineError.class);
  }

  private static void check(ZapStore store, long[] acknowledged, long[] begun) {
    for (int key = 0; key < acknowledged.length; key++) {
      long version = SoakValue.version(store.get(SoakValue.key(0, key)), 0, key);
      assertThat(version).isBetween(acknowledged[key], begun[key]);
    }
  }

  @Test
  void anInterruptNeitherEndsACallNorIsItForgotten(@TempDir Path folder) {
    Watchdog.within(60, () -> workUnderInterrupts("emu:" + folder.resolve("d") + "?" + SMALL));
  }

  private static void workUnderInterrupts(String device) throws InterruptedException {
    AtomicReference<Throwable> wrong = new AtomicReference<>();
    AtomicLong kept = new AtomicLong();
    int rounds = 60;
    try (ZapStore store = Zap.open(device, OPTIONS)) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int id = i;
        Thread.Builder kind = i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
        threads.add(
            kind.start(() -> {
              try {
                for (int n = 1; n <= rounds; n++) {
                  workInterrupted(store, id, n);
                  kept.addAndGet(Thread.interrupted() ? 1 : 0);
                }
              } catch (Throwable e) {
                wrong.compareAndSet(null, e);
              }
            }));
      }
      while (threads.stream().anyMatch(Thread::isAlive)) {
        threads.forEach(Thread::interrupt);
        Thread.sleep(1);
      }
      assertThat(wrong.get()).isNull();
      assertThat(kept.get()).as("rounds that ended interrupted").isEqualTo(4L * rounds);
    }
    try (ZapStore store = Zap.open(device, OPTIONS)) {
      for (int id = 0; id < 4; id++) {
        assertThat(SoakValue.version(store.get(SoakValue.key(id, 1)), id, 1)).isEqualTo(rounds);
      }
    }
  }

  private static void workInterrupted(ZapStore store, int id, int n) {
    Thread.currentThread().interrupt();
    store.put(SoakValue.key(id, 1), SoakValue.of(id, 1, n, 500), Durability.DURABLE);
    assertThat(SoakValue.version(store.get(SoakValue.key(id, 1)), id, 1)).isEqualTo(n);
    for (int i = 2; i < 100; i++) {
      store.put(SoakValue.key(id, i), SoakValue.of(id, i, n, 500));
    }
    if (n % 20 == id) {
      store.flush();
      store.compact();
    }
    try (Cursor cursor = store.cursor()) {
      cursor.first();
      assertThat(cursor.isValid()).isTrue();
    }
  }

  @Test
  void aClockThatJumpsChangesNothingButFigures() {
    JumpingClock env = new JumpingClock();
    Watchdog.within(
        60,
        () -> {
          ZonedDevice device = ZonedDevices.open("mem:?" + SMALL);
          try (ZapStore store = Engine.open(device, OPTIONS, env)) {
            for (int n = 1; n <= 40; n++) {
              for (int key = 0; key < KEYS; key++) {
                store.put(SoakValue.key(0, key), SoakValue.of(0, key, n, 600));
              }
            }
            for (int key = 0; key < KEYS; key++) {
              assertThat(SoakValue.version(store.get(SoakValue.key(0, key)), 0, key)).isEqualTo(40);
            }
          }
        });
    assertThat(env.pauseMax.get()).isBetween(0L, StallPolicy.WAIT_NANOS_MAX);
  }

  /// Hours ahead, hours back.
  private static final class JumpingClock extends TimedEnv {
    private static final long HOUR_NANOS = 3_600_000_000_000L;
    private final SplittableRandom random = new SplittableRandom(27);
    final AtomicLong pauseMax = new AtomicLong();

    @Override
    public synchronized Clock clock() {
      return () -> {
        synchronized (this) {
          return random.nextLong(-9 * HOUR_NANOS, 9 * HOUR_NANOS);
        }
      };
    }

    @Override
    public void pause(long nanos) {
      pauseMax.accumulateAndGet(nanos, Math::max);
    }
  }
}
