package io.zapkv.zns;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReorderedMemoryDeviceTest extends ZonedDeviceContract {
  @Override
  ZonedDevice open() {
    return ZonedDevices.open("mem:?reorder=7&" + GEOMETRY);
  }

  @Test
  void a4_appendsLandInAnOrderDrawnFromTheSeed() {
    List<Long> first = landings("mem:?reorder=1");
    assertThat(first).isEqualTo(landings("mem:?reorder=1"));
    assertThat(first).isNotEqualTo(landings("mem:?reorder=2"));
    assertThat(first).isNotEqualTo(landings("mem:"));
    assertThat(landings("mem:")).isSorted();
  }

  private List<Long> landings(String name) {
    try (ZonedDevice other = ZonedDevices.open(name);
        ZoneQueue itsQueue = other.openQueue(16)) {
      for (int token = 0; token < 16; token++) {
        itsQueue.append(0, blocks(1, token), 0, token);
      }
      Completions completions = new Completions().drain(itsQueue);
      List<Long> addresses = new ArrayList<>();
      for (int token = 0; token < 16; token++) {
        addresses.add(completions.address(token));
      }
      return addresses;
    }
  }
}
