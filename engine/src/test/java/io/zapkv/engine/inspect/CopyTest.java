package io.zapkv.engine.inspect;

import static io.zapkv.engine.inspect.StoreImage.OPTIONS;
import static io.zapkv.engine.inspect.StoreImage.PARAMETERS;
import static io.zapkv.engine.inspect.StoreImage.bytes;
import static io.zapkv.engine.inspect.StoreImage.key;
import static io.zapkv.engine.inspect.StoreImage.put;
import static io.zapkv.engine.inspect.StoreImage.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.Zap;
import io.zapkv.api.CopyReport;
import io.zapkv.api.Durability;
import io.zapkv.api.NotAStoreException;
import io.zapkv.api.UnsupportedException;
import io.zapkv.api.ZapStore;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyTest {
  private static final String MEMORY = "mem:?name=copy-test";
  private static final String MEMORY_OF_PARAMETERS = MEMORY + "&" + PARAMETERS.substring(1);

  @TempDir private Path temp;

  @AfterEach
  void forget() {
    ZonedDevices.forget(MEMORY);
  }

  private Path from() {
    return temp.resolve("from");
  }

  private String to() {
    return "emu:" + temp.resolve("to");
  }

  private static void work(ZapStore store) {
    put(store, 0, 12_000);
    store.compact();
    put(store, 5_000, 7_000);
    store.flush();
    store.put(key(4), bytes("new"), Durability.DURABLE);
    store.put(key(5), bytes("newer"));
  }

  private static void assertHoldsTheWork(String device) {
    try (ZapStore store = Zap.open(device, OPTIONS)) {
      assertThat(store.get(key(4))).isEqualTo(bytes("new"));
      assertThat(store.get(key(5))).isEqualTo(bytes("newer"));
      assertThat(store.get(key(11_999))).isEqualTo(value(11_999));
    }
  }

  /// State and every readable byte of every zone.
  private static List<String> contents(String name) {
    List<String> contents = new ArrayList<>();
    try (ZonedDevice device = ZonedDevices.openReadOnly(name);
        ZoneQueue queue = device.openQueue(1);
        Arena arena = Arena.ofShared()) {
      Geometry geometry = device.geometry();
      MemorySegment block = arena.allocate(geometry.blockBytes(), geometry.blockBytes());
      for (ZoneReport report : device.report()) {
        int hash = 0;
        int read = 0;
        while (read < report.writePointerBlocks()) {
          queue.read(ZoneAddress.of(report.zone(), read), block, 0, 0);
          boolean[] done = {false};
          while (queue.outstanding() > 0) {
            queue.await(new Once(done), 1);
          }
          if (!done[0]) {
            break;
          }
          hash = 31 * hash + Arrays.hashCode(block.toArray(ValueLayout.JAVA_LONG));
          read++;
        }
        contents.add(
            report.zone()
                + " "
                + (report.state().isActive() ? "ACTIVE" : report.state())
                + " "
                + report.writePointerBlocks()
                + " "
                + read
                + " "
                + hash);
      }
    }
    return contents;
  }

  private record Once(boolean[] done) implements ZoneHandler {
    @Override
    public void onDone(long token, int bytes, long address) {
      done[0] = true;
    }

    @Override
    public void onFailed(long token, ZoneFailure failure) {
      assertThat(failure).isEqualTo(ZoneFailure.UNWRITTEN);
    }
  }

  @Test
  void aStoreGoesFromFolderToMemoryAndBackWithEveryByteInItsPlace() {
    StoreImage image = StoreImage.closed(from(), CopyTest::work);
    Map<String, String> before = image.fingerprint();
    CopyReport first = Inspect.copy(image.device(), MEMORY_OF_PARAMETERS, false);
    assertThat(image.fingerprint()).isEqualTo(before);
    assertThat(first.verified().isSound()).isTrue();
    assertThat(first.zones()).isGreaterThan(3);
    assertThat(contents(MEMORY)).isEqualTo(contents(image.device()));

    CopyReport second = Inspect.copy(MEMORY, to() + PARAMETERS, false);
    assertThat(second.verified().isSound()).isTrue();
    assertThat(second.bytes()).isEqualTo(first.bytes());
    assertThat(contents(to())).isEqualTo(contents(image.device()));
    assertHoldsTheWork(to());
  }

  @Test
  void aKilledStoreIsCopiedWithWhatOnlyItsMemoryHolds() {
    StoreImage image = StoreImage.killed(from(), CopyTest::work);
    assertThat(Inspect.copy(image.device(), to() + PARAMETERS, false).verified().problems())
        .isEmpty();
    assertHoldsTheWork(to());
  }

  @Test
  void aZoneThatWasFinishedEarlyIsFinishedEarlyInTheCopy() {
    StoreImage image = StoreImage.closed(from(), CopyTest::work);
    finishOneThatIsPartlyWritten(image.device());
    Inspect.copy(image.device(), to() + PARAMETERS, false);
    assertThat(contents(to())).isEqualTo(contents(image.device()));
  }

  private static void finishOneThatIsPartlyWritten(String name) {
    try (ZonedDevice device = ZonedDevices.open(name);
        ZoneQueue queue = device.openQueue(1)) {
      int zone =
          device.report().stream()
              .filter(report -> report.zone() > 1 && report.writePointerBlocks() > 1)
              .filter(report -> report.state().isActive())
              .findFirst()
              .orElseThrow()
              .zone();
      queue.manage(ZoneAction.FINISH, zone, 0, 0);
      boolean[] done = {false};
      queue.await(new Once(done), 1);
      assertThat(done[0]).isTrue();
    }
  }

  @Test
  void zonesThatDifferAreNamedAndNothingIsMade() {
    StoreImage image = StoreImage.closed(from(), store -> put(store, 0, 10));
    for (String other :
        List.of(
            "?zones=25&capacity=256KiB&block=512&append=32KiB|24 zones|25",
            "?zones=24&capacity=256KiB&append=32KiB|512 bytes in a block|4096",
            "?zones=24&capacity=256KiB&block=512&append=16KiB|32768 bytes in one append|16384",
            "?zones=24&capacity=128KiB&block=512&append=32KiB|512 blocks in a zone|256")) {
      String[] columns = other.split("\\|");
      assertThatThrownBy(() -> Inspect.copy(image.device(), to() + columns[0], true))
          .isInstanceOf(UnsupportedException.class)
          .hasMessageContaining(columns[1])
          .hasMessageContaining(columns[2]);
    }
    assertThat(Files.exists(temp.resolve("to"))).isFalse();
  }

  @Test
  void aTargetThatHoldsSomethingIsOverwrittenByForceOnly() {
    StoreImage image = StoreImage.closed(from(), CopyTest::work);
    StoreImage target = StoreImage.closed(temp.resolve("to"), store -> put(store, 0, 10_000));
    Map<String, String> before = target.fingerprint();
    assertThatThrownBy(() -> Inspect.copy(image.device(), to(), false))
        .isInstanceOf(NotAStoreException.class)
        .hasMessageContaining("zone 0");
    assertThat(target.fingerprint()).isEqualTo(before);
    assertThat(Inspect.copy(image.device(), to(), true).verified().isSound()).isTrue();
    assertThat(contents(to())).isEqualTo(contents(image.device()));
    assertHoldsTheWork(to());
  }

  @Test
  void withoutAStoreThereIsNothingToCopy() {
    assertThatThrownBy(() -> Inspect.copy("emu:" + from(), to() + PARAMETERS, true))
        .isInstanceOf(NotAStoreException.class);
    assertThat(Files.exists(temp.resolve("to"))).isFalse();
  }
}
