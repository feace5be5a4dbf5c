package io.zapkv.zns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DeviceNameTest {
  static Stream<String> refusedNames() {
    return TestTables.lines("names.txt").stream();
  }

  @ParameterizedTest
  @MethodSource("refusedNames")
  void aWrongNumberIsRefusedByItsName(String line) {
    String[] columns = line.split(" \\| ");
    assertThatThrownBy(() -> ZonedDevices.open(columns[0]))
        .isInstanceOfSatisfying(
            GeometryException.class,
            e -> {
              assertThat(e.parameter()).isEqualTo(columns[1]);
              assertThat(e).hasMessageContaining(columns[2]);
              assertThat(e.advice()).isNotBlank();
            });
  }

  @Test
  void whatIsLeftOutFollowsFromWhatIsGiven() {
    assertThat(geometry("mem:")).isEqualTo(new Geometry(64, 4096, 4096, 4096, 1 << 20, 14, 14));
    assertThat(geometry("mem:?zones=4&capacity=192KiB&block=512"))
        .isEqualTo(new Geometry(4, 512, 384, 512, 192 << 10, 4, 4));
    assertThat(geometry("mem:?size=64KiB&append=8192&open=20"))
        .isEqualTo(new Geometry(64, 16, 16, 4096, 8192, 20, 20));
    assertThat(geometry("mem:?active=6"))
        .isEqualTo(new Geometry(64, 4096, 4096, 4096, 1 << 20, 6, 6));
  }

  @Test
  void aNameOfNoDeviceIsRefused() {
    for (String name :
        new String[] {"/data", "nvme:/dev/ng0n1", "mem:/path", "emu:", "emu:?zones=4"}) {
      assertThatThrownBy(() -> ZonedDevices.open(name))
          .as(name)
          .isInstanceOf(DeviceFormatException.class);
    }
  }

  private static Geometry geometry(String name) {
    try (ZonedDevice device = ZonedDevices.open(name)) {
      return device.geometry();
    }
  }
}
