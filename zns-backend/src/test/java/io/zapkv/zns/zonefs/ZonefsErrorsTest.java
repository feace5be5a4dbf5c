package io.zapkv.zns.zonefs;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.ring.Errno;
import io.zapkv.zns.TestTables;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.zonefs.FakeZonefs.Call;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ZonefsErrorsTest {
  private static final int BLOCK = 4096;
  private static final int BAD = 1;

  /// One zone open at a time, hence one thread that writes.
  private final FakeZonefs mount = new FakeZonefs(4, BLOCK, 24 * BLOCK, 1, 4);

  private final FakeZonefs.Zone file = mount.zones.get(BAD);

  static Stream<String> errors() {
    return TestTables.lines("zonefs_errors.txt").stream();
  }

  @ParameterizedTest
  @MethodSource("errors")
  void everyErrorHasItsAnswer(String line) {
    String[] columns = line.split(" \\| ", -1);
    boolean isUnwritten = columns[0].equals("write") || columns[0].equals("open");
    try (ZonedDevice device = FakeZonefsDevices.open(mount);
        ZoneQueue queue = device.openQueue(8)) {
      if (!isUnwritten) {
        queue.append(BAD, blocks(4), 0, 1);
        new Told().drain(queue);
      }
      Told told = run(columns, queue);
      assertThat(told.failures).hasSize(isUnwritten ? 2 : 1);
      assertThat(told.failures.values()).containsOnly(ZoneFailure.valueOf(columns[3]));
      assertThat(told.failures.values().iterator().next().advice()).isNotBlank();
      assertThat(told.addresses.keySet()).isEqualTo(isUnwritten ? Set.of(1L) : Set.of());
      assertThat(device.report(BAD).state()).hasToString(columns[4]);
      assertReadable(queue, columns[5]);
      queue.append(2, blocks(1), 0, 7);
      Told after = new Told().drain(queue);
      if (columns[6].equals("done")) {
        assertThat(after.addresses).containsEntry(7L, ZoneAddress.of(2, 0));
      } else {
        assertThat(after.failures).containsEntry(7L, ZoneFailure.valueOf(columns[6]));
      }
    }
    assertThat(mount.openFiles).isZero();
    assertThat(mount.misuse()).containsExactly(0, 0, 0, 0);
  }

  private Told run(String[] columns, ZoneQueue queue) {
    Call call =
        switch (columns[0]) {
          case "reset", "finish" -> Call.TRUNCATE;
          default -> Call.valueOf(columns[0].toUpperCase(Locale.ROOT));
        };
    mount.failNext(call, BAD, errno(columns[1]), () -> happen(columns[2].split(" ", -1)));
    switch (columns[0]) {
      case "write", "open" -> {
        // While the only thread is held at zone 0, both are in the line, and so become one write.
        CountDownLatch gate = new CountDownLatch(1);
        mount.gate = gate;
        queue.append(0, blocks(1), 0, 1);
        queue.append(BAD, blocks(1), 0, 2);
        queue.append(BAD, blocks(1), 0, 3);
        queue.flush();
        gate.countDown();
      }
      case "reset" -> queue.manage(ZoneAction.RESET, BAD, 0, 2);
      case "finish" -> queue.manage(ZoneAction.FINISH, BAD, 0, 2);
      case "read" -> queue.read(ZoneAddress.of(BAD, 0), blocks(1), 0, 2);
      case "sync" -> queue.sync(BAD, 0, 2);
      default -> throw new AssertionError(columns[0]);
    }
    return new Told().drain(queue);
  }

  private void happen(String[] what) {
    long bytes = what.length > 1 && !what[1].equals("full") ? Long.parseLong(what[1]) * BLOCK : 0;
    switch (what[0]) {
      case "same" -> {}
      case "moved" -> file.sizeBytes += bytes;
      case "foreign" -> file.sizeBytes = what[1].equals("full") ? file.capacity : bytes;
      case "ro" -> {
        file.sizeBytes += bytes;
        file.permissions = 0440;
      }
      case "off" -> {
        file.sizeBytes = 0;
        file.permissions = 0;
      }
      case "remounted" -> mount.isReadOnly = true;
      default -> throw new AssertionError(what[0]);
    }
  }

  private static int errno(String name) {
    for (int errno = 1; errno < 140; errno++) {
      if (Errno.name(errno).equals(name)) {
        return errno;
      }
    }
    assertThat(name).isEqualTo("short");
    return FakeZonefs.SHORT;
  }

  private void assertReadable(ZoneQueue queue, String readable) {
    if (readable.equals("gone")) {
      queue.read(ZoneAddress.of(BAD, 0), blocks(1), 0, 4);
      assertThat(new Told().drain(queue).failures).containsEntry(4L, ZoneFailure.OFFLINE);
      return;
    }
    int count = Integer.parseInt(readable);
    if (count > 0) {
      queue.read(ZoneAddress.of(BAD, 0), blocks(count), 0, 4);
    }
    queue.read(ZoneAddress.of(BAD, 0), blocks(count + 1), 0, 5);
    Told told = new Told().drain(queue);
    assertThat(told.addresses.keySet()).isEqualTo(count > 0 ? Set.of(4L) : Set.of());
    assertThat(told.failures).containsEntry(5L, ZoneFailure.UNWRITTEN);
  }

  private MemorySegment blocks(int count) {
    return mount.arena.allocate((long) count * BLOCK, BLOCK);
  }
}
