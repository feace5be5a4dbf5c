package io.zapkv.engine.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.Zap;
import io.zapkv.api.DeviceException;
import io.zapkv.api.Durability;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.ZapException;
import io.zapkv.api.ZapStore;
import io.zapkv.engine.base.SystemEnv;
import io.zapkv.engine.core.StruckRings.Blow;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A ring that the kernel gives up while a store works on it, or from which nothing comes any more
/// (F17, F18, F21).
class LostRingTest {
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults().withMemtableBytes(1 << 20).withMemoryBudgetBytes(16 << 20);
  private static final String SMALL = "zones=64&capacity=256KiB&append=32KiB";
  private static final int KEYS = 300;

  /// Strikes each of the first calls, then ever fewer of the later ones.
  @ParameterizedTest
  @EnumSource
  void aRingThatIsLostEndsWritingWithItsCauseAndLosesNothing(Blow blow) {
    boolean struck = true;
    int strikes = 0;
    for (int nth = 1; struck; nth += 1 + nth / 4) {
      int now = nth;
      AtomicBoolean isStruck = new AtomicBoolean();
      Watchdog.within(60, () -> isStruck.set(strike(blow, now)));
      struck = isStruck.get();
      strikes += struck ? 1 : 0;
    }
    assertThat(strikes).isGreaterThan(15);
  }

  /// @return whether there was a call to strike
  private static boolean strike(Blow blow, int nth) {
    String name = "mem:?name=lost-" + blow + "-" + nth;
    long[] acknowledged = new long[KEYS];
    long[] begun = new long[KEYS];
    StruckRings rings = new StruckRings(blow);
    try {
      ZonedDevice device = ZonedDevices.open(name + "&" + SMALL, rings);
      ZapStore store = Engine.open(device, OPTIONS, new SystemEnv());
      rings.strikeAt(nth);
      try {
        work(store, acknowledged, begun);
      } catch (DeviceException e) {
        assertThat(rings.hasStruck()).as(e.toString()).isTrue();
      }
      if (rings.hasStruck()) {
        if (rings.wasJournalAppend()) {
          // Either copy of the metadata is enough; only a sync that fails is final (F16).
          begun[1]++;
          store.put(SoakValue.key(0, 1), SoakValue.of(0, 1, begun[1], 600), Durability.DURABLE);
          acknowledged[1] = begun[1];
          store.flush();
        } else {
          refusesWritesBecauseOf(store);
        }
        assertThat(store.stats().ring()).startsWith("struck; a queue is lost: ");
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
    return rings.hasStruck();
  }

  private static void work(ZapStore store, long[] acknowledged, long[] begun) {
    for (int i = 0; i < 3 * KEYS; i++) {
      int key = i % KEYS;
      begun[key]++;
      store.put(
          SoakValue.key(0, key),
          SoakValue.of(0, key, begun[key], 600),
          i % 50 == 5 ? Durability.DURABLE : Durability.BUFFERED);
      acknowledged[key] = begun[key];
      if (i % 250 == 249) {
        store.flush();
      }
    }
    store.compact();
  }

  /// At once, or as soon as the lane that was struck has said so.
  private static void refusesWritesBecauseOf(ZapStore store) {
    boolean refused = false;
    for (int tries = 0; tries < 1_000 && !refused; tries++) {
      try {
        store.flush();
        LockSupport.parkNanos(5_000_000);
      } catch (ZapException _) {
        refused = true;
      }
    }
    assertThatThrownBy(() -> store.put(new byte[] {1}, new byte[1]))
        .isInstanceOf(DeviceException.class)
        .rootCause()
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("TRANSPORT");
  }

  private static void check(ZapStore store, long[] acknowledged, long[] begun) {
    for (int key = 0; key < acknowledged.length; key++) {
      long version = SoakValue.version(store.get(SoakValue.key(0, key)), 0, key);
      assertThat(version).isBetween(acknowledged[key], begun[key]);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aReadWhoseRingIsLostFailsAndTheNextOneGoesOn(Blow blow, @TempDir Path folder) {
    // Nothing is mapped, so that reads go by the ring.
    String name = "emu:" + folder.resolve("d") + "?discard=true&" + SMALL;
    StruckRings rings = new StruckRings(blow);
    try (ZapStore store = Engine.open(ZonedDevices.open(name, rings), OPTIONS, new SystemEnv())) {
      for (int key = 0; key < KEYS; key++) {
        store.put(SoakValue.key(0, key), SoakValue.of(0, key, 1, 600));
      }
      store.flush();
      rings.strikeAt(1);
      assertThatThrownBy(() -> readAll(store))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("TRANSPORT");
      readAll(store);
      assertThat(store.stats().ring()).contains("a queue is lost: ");
    }
  }

  private static void readAll(ZapStore store) {
    for (int key = 0; key < KEYS; key++) {
      assertThat(SoakValue.version(store.get(SoakValue.key(0, key)), 0, key)).isOne();
    }
  }
}
