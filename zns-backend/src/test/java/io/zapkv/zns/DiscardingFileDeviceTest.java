package io.zapkv.zns;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiscardingFileDeviceTest {
  @TempDir Path folder;

  @Test
  void aResetGivesTheBlocksBack() {
    String name = "emu:" + folder.resolve("device") + "?discard=true&zones=4&capacity=64KiB";
    try (ZonedDevice device = ZonedDevices.open(name);
        ZoneQueue queue = device.openQueue(4);
        java.lang.foreign.Arena arena = java.lang.foreign.Arena.ofShared()) {
      var data = arena.allocate(4096).fill((byte) 1);
      queue.append(0, data, 0, 1);
      new Completions().drain(queue);
      assertThat(device.mapped(0)).isNull();
      queue.manage(ZoneAction.RESET, 0, 0, 2);
      assertThat(new Completions().drain(queue).failed).isEmpty();
      assertThat(device.report(0).writtenBefore()).isFalse();
      assertThat(device.report(0).state()).isEqualTo(ZoneState.EMPTY);
      assertThat(folder.resolve("device/zone-000000")).hasBinaryContent(new byte[64 << 10]);
      queue.append(0, data, 0, 3);
      assertThat(new Completions().drain(queue).address(3)).isEqualTo(ZoneAddress.of(0, 0));
    }
  }
}
