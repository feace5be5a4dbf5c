package io.zapkv.engine.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.Zap;
import io.zapkv.api.Durability;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.ZapStore;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// Devices with the least of everything.
class SmallDeviceTest {
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults().withMemtableBytes(1 << 20).withMemoryBudgetBytes(16 << 20);

  @Test
  void aLogThatHoldsAZoneLeavesTheTablesOneToo() {
    Watchdog.within(
        60,
        () -> {
          try (ZapStore store = Zap.open("mem:?zones=40&capacity=1MiB&open=4&active=4", OPTIONS)) {
            byte[] value = new byte[1000];
            for (int i = 0; i < 12_000; i++) {
              boolean durable = i % 100 == 0;
              store.put(key(i % 3000), value, durable ? Durability.DURABLE : Durability.BUFFERED);
            }
            store.compact();
            assertThat(store.get(key(7))).isEqualTo(value);
          }
        });
  }

  private static byte[] key(int number) {
    return "key%06d".formatted(number).getBytes(StandardCharsets.UTF_8);
  }
}
