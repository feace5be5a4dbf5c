package io.zapkv.zns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class MemoryDeviceTest extends ZonedDeviceContract {
  @Override
  ZonedDevice open() {
    return ZonedDevices.open("mem:?" + GEOMETRY);
  }

  @Test
  void mappedMemoryIsGoneAfterTheClose() {
    fill(0, 1);
    MemorySegment mapped = device.mapped(0);
    device.close();
    assertThatThrownBy(() -> mapped.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void d18_aResetOrFinishWithAppendsInFlightIsABug() {
    for (ZoneAction action : new ZoneAction[] {ZoneAction.RESET, ZoneAction.FINISH}) {
      try (ZoneQueue buggy = device.openQueue(4)) {
        buggy.append(0, blocks(1, 0), 0, 1);
        buggy.manage(action, 0, 0, 2);
        assertThatThrownBy(buggy::flush).isInstanceOf(AssertionError.class);
      }
    }
  }

  @Test
  void withoutANameItIsGoneAtClose() {
    assertThat(device.isVolatile()).isTrue();
    assertThat(ZonedDevices.exists("mem:")).isFalse();
    assertThatThrownBy(() -> ZonedDevices.openReadOnly("mem:"))
        .isInstanceOf(DeviceFormatException.class);
  }

  @Test
  void underANameItIsKeptForTheNextOpening() {
    String name = "mem:?name=kept";
    try {
      assertThat(ZonedDevices.exists(name)).isFalse();
      device.close();
      device = ZonedDevices.open(name + "&" + GEOMETRY);
      queue = device.openQueue(8);
      fill(2, 3);
      device.staging().map("piece", 4096).set(ValueLayout.JAVA_BYTE, 0, (byte) 9);
      assertThat(device.isVolatile()).isFalse();
      assertThatThrownBy(() -> ZonedDevices.open(name)).isInstanceOf(DeviceLockedException.class);
      assertThat(ZonedDevices.forget(name)).isFalse();
      device.close();

      assertThat(ZonedDevices.exists(name)).isTrue();
      assertThatThrownBy(() -> ZonedDevices.open(name + "&zones=9"))
          .isInstanceOf(GeometryException.class)
          .hasMessageContaining("zones=8")
          .hasMessageContaining("9");
      device = ZonedDevices.openReadOnly(name);
      queue = device.openQueue(8);
      assertHolds(ZoneAddress.of(2, 2), 1, fillPattern(2, 2));
      queue.append(2, blocks(1, 1), 0, 1);
      assertThat(new Completions().drain(queue).failed).containsEntry(1L, ZoneFailure.READ_ONLY);
      assertThat(device.staging().map("piece", 4096).isReadOnly()).isTrue();
      assertThatThrownBy(() -> device.staging().map("other", 4096))
          .isInstanceOf(StagingException.class);
      device.close();

      device = ZonedDevices.open(name);
      queue = device.openQueue(8);
      assertThat(device.report(2).writePointerBlocks()).isEqualTo(3);
      assertThat(device.staging().map("piece", 4096).get(ValueLayout.JAVA_BYTE, 0))
          .isEqualTo((byte) 9);
    } finally {
      device.close();
      assertThat(ZonedDevices.forget(name)).isTrue();
    }
    assertThat(ZonedDevices.exists(name)).isFalse();
  }
}
