package io.zapkv.engine.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.zapkv.Zap;
import io.zapkv.api.Cursor;
import io.zapkv.api.OutOfSpaceException;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.ZapStore;
import io.zapkv.api.ZoneView;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a store does when its device is full (F23).
@Timeout(120)
class FullDeviceTest {
  private static final String EMULATED = "mem:?name=full&zones=32&capacity=1MiB&append=128KiB";
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults().withMemtableBytes(1 << 20).withMemoryBudgetBytes(16 << 20);
  private static final int VALUE_BYTES = 2000;
  private static final int CYCLES = Integer.getInteger("zap.cycles", 6);

  private final SplittableRandom random = new SplittableRandom(23);

  @Test
  void aFullStoreReadsDeletesCompactsReopensAndTakesWritesAgain() {
    String device = GivenDevice.emptyOr(EMULATED);
    int firstFill = 0;
    for (int cycle = 0; cycle < CYCLES; cycle++) {
      int keys;
      try (ZapStore store = Zap.open(device, OPTIONS)) {
        keys = fillUp(store, cycle);
        readAll(store, cycle, keys);
      }
      try (ZapStore store = Zap.open(device, OPTIONS)) {
        readAll(store, cycle, keys);
        for (int i = 0; i < keys; i++) {
          store.delete(key(cycle, i));
        }
        store.compact();
        try (Cursor cursor = store.cursor()) {
          cursor.first();
          assertThat(cursor.isValid()).isFalse();
        }
        assertThat(store.stats().space().liveBytes()).isZero();
        assertThat(store.stats().zones().copiedBytes()).isZero();
        assertThat(store.zones().count(ZoneView.Use.TABLE)).as("zones leaked").isZero();
      }
      firstFill = cycle == 0 ? keys : firstFill;
      assertThat(keys)
          .as("cycle %d holds as much as the first", cycle)
          .isGreaterThan(firstFill / 2);
    }
  }

  private int fillUp(ZapStore store, int cycle) {
    byte[] value = new byte[VALUE_BYTES];
    for (int i = 0; i < 1_000_000; i++) {
      random.nextBytes(value);
      try {
        store.put(key(cycle, i), value);
      } catch (OutOfSpaceException e) {
        assertThat(e.advice()).contains("delete");
        return i;
      }
    }
    return fail("32 MiB never get full");
  }

  private static void readAll(ZapStore store, int cycle, int keys) {
    for (int i = 0; i < keys; i++) {
      assertThat(store.get(key(cycle, i))).as("key %d of cycle %d", i, cycle).hasSize(VALUE_BYTES);
    }
  }

  private static byte[] key(int cycle, int i) {
    return "cycle%d-%08d".formatted(cycle, i).getBytes(StandardCharsets.US_ASCII);
  }
}
