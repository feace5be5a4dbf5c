package io.zapkv.engine.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.api.DeviceException;
import io.zapkv.api.Durability;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.VerifyReport;
import io.zapkv.api.ZapStore;
import io.zapkv.api.ZoneView;
import io.zapkv.engine.base.Env;
import io.zapkv.engine.base.SystemEnv;
import io.zapkv.engine.inspect.Inspect;
import io.zapkv.engine.wal.ReplayReport;
import io.zapkv.ring.Clock;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Zones that go offline (F8) or of which blocks cannot be read any more (F12) while the store is
/// closed: one that may have held log is never passed over in silence.
class LostLogZoneTest {
  private static final String NAME = "mem:?name=lost-log-zone";
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults().withMemtableBytes(1 << 20).withMemoryBudgetBytes(12 << 20);

  private final Set<Integer> offline = new TreeSet<>();
  private final List<String> unreadable = new ArrayList<>();
  private boolean hasStaging = true;
  private int boot = 1;
  private int logZone;
  private CrashDevice current;
  private OfflineDevice device;

  @AfterEach
  void forget() {
    current.closeForGood();
    ZonedDevices.forget(NAME);
  }

  @Test
  void aZoneOfTheLogThatIsGoneIsNamed() {
    hasStaging = false;
    offline.add(killedWithLog());
    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            DeviceException.class,
            e -> {
              assertThat(e.where()).endsWith("zone " + logZone);
              assertThat(e.expected()).contains("may hold log from sequence");
              assertThat(e.got()).isEqualTo("OFFLINE");
              assertThat(e.advice()).contains("zap repair");
            });
  }

  @Test
  void aRefusalChangesNothingOfWhatIsMissing() {
    hasStaging = false;
    offline.add(killedWithLog());
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(this::open).isInstanceOf(DeviceException.class);
    }
    offline.clear();
    try (ZapStore store = open()) {
      assertThat(store.get(bytes("logged"))).isNotNull();
    }
  }

  @Test
  void afterAPowerCutMemoryThatOutlivedTheProcessIsNoProof() {
    offline.add(killedWithLog());
    boot++;
    assertThatThrownBy(this::open).isInstanceOf(DeviceException.class);
  }

  @Test
  void memoryThatWasNotLostMakesUpForAZoneOfTheLog() {
    offline.add(killedWithLog());
    ZapStore store = open();
    assertThat(store.get(bytes("logged"))).isNotNull();
    kill(store);
    boot++; // what that zone held is in tables now
    try (ZapStore again = open()) {
      assertThat(again.get(bytes("logged"))).isNotNull();
    }
  }

  @Test
  void aStoreThatWasClosedMissesNoZone() {
    hasStaging = false;
    int zone = killedWithLog();
    open().close();
    offline.add(zone);
    boot++;
    assertThat(verify().isSound()).isTrue();
    ZapStore store = open();
    store.put(bytes("later"), bytes("x"), Durability.DURABLE);
    kill(store);
    boot++; // it is known to have been gone before there was log again
    try (ZapStore again = open()) {
      assertThat(again.get(bytes("logged"))).isNotNull();
      assertThat(again.get(bytes("later"))).isNotNull();
    }
  }

  @Test
  void aZoneThatComesBackIsMissedWhenItGoesAgain() {
    hasStaging = false;
    int zone = killedWithLog();
    open().close();
    offline.add(zone);
    open().close();
    offline.clear();
    kill(open());
    offline.add(zone);
    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            DeviceException.class, e -> assertThat(e.where()).endsWith("zone " + zone));
  }

  @Test
  void verifySaysWhatAnOpeningWould() {
    hasStaging = false;
    offline.add(killedWithLog());
    assertThat(verify().problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.where()).endsWith("zone " + logZone));
  }

  @Test
  void atTheUsersWordTheStoreGoesOnWithoutIt() {
    hasStaging = false;
    int zone = killedWithLog();
    offline.add(zone);
    AtomicReference<ReplayReport> found = new AtomicReference<>();
    Engine.openWithoutLost(device(), OPTIONS, env(), found::set).close();
    assertThat(found.get().lostZones()).containsExactly(zone);
    try (ZapStore store = open()) {
      assertThat(store.get(bytes("flushed"))).isNotNull();
      assertThat(store.get(bytes("logged"))).isNull();
    }
    assertThat(verify().isSound()).isTrue();
  }

  @Test
  void aBlockOfTheLogThatCannotBeReadIsNamedAndAtTheUsersWordTheStoreGoesOnWithoutIt() {
    hasStaging = false;
    int zone = killedWithLog();
    unreadable.add("read zone=" + zone + " fail MEDIA_READ");
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(this::open)
          .isInstanceOfSatisfying(
              DeviceException.class,
              e -> {
                assertThat(e.where()).endsWith("zone " + zone);
                assertThat(e.expected()).contains("may hold log from sequence");
                assertThat(e.got()).isEqualTo("MEDIA_READ");
                assertThat(e.advice()).contains("zap repair");
              });
    }
    AtomicReference<ReplayReport> found = new AtomicReference<>();
    Engine.openWithoutLost(device(), OPTIONS, env(), found::set).close();
    assertThat(found.get().unreadableZones()).containsExactly(zone);
    unreadable.clear(); // its zone was emptied
    try (ZapStore store = open()) {
      assertThat(store.get(bytes("flushed"))).isNotNull();
      assertThat(store.get(bytes("logged"))).isNull();
    }
  }

  @Test
  void aZoneThatDiesWhileTheStoreIsOpenIsNotMissedOnceItsLogIsInTables() {
    hasStaging = false;
    ZapStore store = open();
    store.put(bytes("logged"), bytes("x"), Durability.DURABLE);
    int zone = logZone(store);
    device.lose(zone);
    store.put(bytes("more"), bytes("x"), Durability.DURABLE); // finds it gone
    store.flush();
    while (store.stats().background().backlogBytes() > 0) {
      Thread.onSpinWait();
    }
    kill(store);
    try (ZapStore again = open()) {
      assertThat(again.get(bytes("logged"))).isNotNull();
      assertThat(again.get(bytes("more"))).isNotNull();
    }
  }

  /// @return the zone of the log
  private int killedWithLog() {
    ZapStore store = open();
    store.put(bytes("flushed"), bytes("x"));
    store.flush();
    store.put(bytes("logged"), bytes("x"), Durability.DURABLE);
    logZone = logZone(store);
    kill(store);
    return logZone;
  }

  private static int logZone(ZapStore store) {
    return store.zones().zones().stream()
        .filter(zone -> zone.use() == ZoneView.Use.LOG)
        .mapToInt(ZoneView::zone)
        .max()
        .orElseThrow();
  }

  private VerifyReport verify() {
    try (ZonedDevice looked = device()) {
      return Inspect.verify(looked, env());
    }
  }

  private ZapStore open() {
    return Engine.open(device(), OPTIONS, env());
  }

  /// The device as a process finds it; whatever had it before has ended.
  private OfflineDevice device() {
    if (current != null) {
      current.closeForGood();
    }
    current =
        new CrashDevice(
            ZonedDevices.open(NAME + "&zones=24&capacity=256KiB&append=32KiB"), Long.MAX_VALUE);
    device = new OfflineDevice(current, offline, hasStaging);
    unreadable.forEach(device::add);
    return device;
  }

  private void kill(ZapStore store) {
    current.die();
    store.close();
  }

  private Env env() {
    String bootId = "boot " + boot;
    Env real = new SystemEnv();
    return new TimedEnv() {
      @Override
      public Clock clock() {
        return real.clock();
      }

      @Override
      public void pause(long nanos) {
        real.pause(nanos);
      }

      @Override
      public String bootId() {
        return bootId;
      }
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
