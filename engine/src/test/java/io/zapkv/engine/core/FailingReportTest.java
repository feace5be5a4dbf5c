package io.zapkv.engine.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.api.Durability;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.ZapException;
import io.zapkv.api.ZapStore;
import io.zapkv.engine.base.SystemEnv;
import io.zapkv.zns.DeviceIoException;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Each report of zones in turn fails, while opening and later: nothing waits for ever, nothing
/// acknowledged is lost, and what is thrown has a type.
class FailingReportTest {
  private static final String SMALL = "zones=24&capacity=256KiB&append=32KiB";
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults().withMemtableBytes(1 << 20).withMemoryBudgetBytes(12 << 20);
  private static final int KEYS = 3000;

  @Test
  void aReportThatFailsIsToldByTypeAndLosesNothing() {
    boolean struck = true;
    int strikes = 0;
    for (int nth = 1; struck; nth++) {
      AtomicLong left = new AtomicLong(nth);
      int now = nth;
      Watchdog.within(60, () -> strike(now, left));
      struck = left.get() <= 0;
      strikes += struck ? 1 : 0;
    }
    assertThat(strikes).isGreaterThan(10);
    System.out.println("each of " + strikes + " reports struck");
  }

  private static void strike(int nth, AtomicLong left) {
    String name = "mem:?name=report-" + nth;
    int acknowledged = 0;
    try {
      ZonedDevice device =
          new UnreportedDevice(
              ZonedDevices.open(name + "&" + SMALL),
              () -> {
                if (left.decrementAndGet() == 0) {
                  throw new DeviceIoException(name, "to report", new IOException("no"));
                }
              });
      ZapStore store = null;
      try {
        store = Engine.open(device, OPTIONS, new SystemEnv());
        for (; acknowledged < KEYS; acknowledged++) {
          store.put(key(acknowledged), value(acknowledged), durability(acknowledged));
          if (acknowledged % 1000 == 999) {
            store.flush();
          }
        }
        for (int key = 0; key < KEYS; key++) {
          store.put(key(key), value(key));
        }
        store.compact();
      } catch (ZapException _) {
        assertThat(left.get()).isLessThanOrEqualTo(0);
      } finally {
        if (store != null) {
          store.close();
        }
      }
      try (ZapStore again = Engine.open(name, OPTIONS, new SystemEnv())) {
        for (int key = 0; key < acknowledged; key++) {
          assertThat(again.get(key(key))).isEqualTo(value(key));
        }
      }
    } finally {
      ZonedDevices.forget(name);
    }
  }

  private static Durability durability(int key) {
    return key % 100 == 5 ? Durability.DURABLE : Durability.BUFFERED;
  }

  private static byte[] key(int key) {
    return "key%05d".formatted(key).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] value(int key) {
    return "v".repeat(300 + key % 50).getBytes(StandardCharsets.UTF_8);
  }
}
