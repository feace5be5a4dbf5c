package io.zapkv.zns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What holds between processes: one at a time, and what one was told survives its death.
class FileDeviceProcessTest {
  @TempDir Path folder;

  @Test
  void aSecondProcessIsRefused() throws Exception {
    String name = "emu:" + folder.resolve("device");
    try (ChildJvm child = ChildJvm.run(DeviceHolder.class, name + "?zones=4&capacity=64KiB")) {
      assertThat(child.line()).isEqualTo("open");
      assertThatThrownBy(() -> ZonedDevices.open(name))
          .isInstanceOf(DeviceLockedException.class)
          .hasMessageContaining("process " + child.pid());
      assertThatThrownBy(() -> ZonedDevices.openReadOnly(name))
          .isInstanceOf(DeviceLockedException.class);
      child.kill();
      try (ZonedDevice device = ZonedDevices.open(name);
          ChildJvm second = ChildJvm.run(DeviceHolder.class, name)) {
        assertThat(device.geometry().zones()).isEqualTo(4);
        assertThat(second.line())
            .startsWith("DeviceLockedException")
            .contains("process " + ProcessHandle.current().pid());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--enable-native-access=ALL-UNNAMED", "-Dnone=given"})
  void aProcessThatMayOpenNoMoreFilesIsToldSoAndItsZonesStayWhatTheyAre(String option)
      throws Exception {
    Path device = folder.resolve("device");
    try (ChildJvm child =
        ChildJvm.runUnder(
            200,
            List.of(option),
            CrowdedWriter.class,
            "emu:" + device + "?zones=4&size=64KiB&capacity=64KiB",
            device.toString())) {
      assertThat(child.rest())
          .containsExactly(
              "append 0 done",
              "append 1 MEDIA_WRITE",
              "mapped 1 look at the file system, its room and its rights",
              "any done",
              "state EMPTY",
              "read done",
              "sync done",
              "append 2 TOO_MANY_FILES",
              "any TOO_MANY_FILES",
              "state EMPTY",
              "mapped 2 raise the limit of open files (ulimit -n) and open the store again",
              "append 0 done",
              "read done",
              "append 2 done",
              "sync done");
    }
  }

  /// -Dzap.seed=… replays the choices, though not the moments of the kills.
  @Test
  void whatWasAcknowledgedSurvivesKillNineAndTheTableIsLegal() throws Exception {
    long seed = Long.getLong("zap.seed", 20261122);
    int kills = Integer.getInteger("zap.kills", 6);
    System.out.println(
        "kill -9 test: seed "
            + seed
            + ", replay with -Dtest=FileDeviceProcessTest -Dzap.seed="
            + seed);
    SplittableRandom random = new SplittableRandom(seed);
    String name = "emu:" + folder.resolve("device");
    String geometry = "?zones=6&size=256KiB&capacity=160KiB&append=16KiB&open=3&active=4&reorder=5";
    Map<Long, Long> tokenAt = new HashMap<>();
    long firstToken = 1;
    for (int kill = 0; kill < kills; kill++) {
      int lines = 20 + random.nextInt(1500);
      try (ChildJvm child =
          ChildJvm.run(
              KilledWriter.class,
              name + geometry,
              Long.toString(random.nextLong()),
              Long.toString(firstToken))) {
        assertThat(child.line()).isEqualTo("open");
        for (int i = 0; i < lines; i++) {
          note(child.line(), tokenAt);
        }
        List<String> rest = child.kill();
        for (String line : rest) {
          note(line, tokenAt);
        }
      }
      firstToken += 10_000_000;
      assertThat(tokenAt).isNotEmpty();
      assertEverythingIsThere(name, tokenAt);
    }
  }

  /// The last line of a killed process may be cut: then its promise was not made.
  private static void note(String line, Map<Long, Long> tokenAt) {
    String[] words = line.split(" ");
    if (words[0].equals("R") && words.length == 2) {
      int zone = Integer.parseInt(words[1]);
      tokenAt.keySet().removeIf(address -> ZoneAddress.zone(address) == zone);
    } else if (words[0].equals("A") && words.length == 3) {
      tokenAt.put(Long.parseLong(words[2]), Long.parseLong(words[1]));
    }
  }

  private static void assertEverythingIsThere(String name, Map<Long, Long> tokenAt)
      throws IOException {
    try (ZonedDevice device = ZonedDevices.open(name);
        ZoneQueue queue = device.openQueue(1);
        Arena arena = Arena.ofShared()) {
      MemorySegment block = arena.allocate(KilledWriter.BLOCK, KilledWriter.BLOCK);
      assertThat(device.report().stream().filter(report -> report.state().isOpen()).count())
          .isLessThanOrEqualTo(3);
      assertThat(device.report().stream().filter(report -> report.state().isActive()).count())
          .isLessThanOrEqualTo(4);
      for (Map.Entry<Long, Long> entry : tokenAt.entrySet()) {
        queue.read(entry.getKey(), block, 0, 1);
        assertThat(new Completions().drain(queue).failed).isEmpty();
        for (long at = 0; at < KilledWriter.BLOCK; at += 8) {
          assertThat(block.get(ValueLayout.JAVA_LONG, at)).isEqualTo(entry.getValue());
        }
      }
    }
  }
}
