package io.zapkv.zns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract on files that are read and written past the page cache.
class DirectFileDeviceTest extends ZonedDeviceContract {
  @TempDir Path folder;

  @Override
  ZonedDevice open() {
    return ZonedDevices.open("emu:" + folder.resolve("device") + "?" + GEOMETRY + "&direct=true");
  }

  @Override
  boolean maps() {
    return false;
  }

  @Test
  void blocksSmallerThanTheFileSystemsAreRefusedBeforeAnythingIsMade() {
    String name = "emu:" + folder.resolve("d") + "?zones=4&capacity=64KiB&block=512&direct=true";
    assertThatThrownBy(() -> ZonedDevices.open(name))
        .isInstanceOf(GeometryException.class)
        .hasMessageContaining("block is 512")
        .hasMessageContaining("direct=true");
    assertThat(ZonedDevices.exists(name)).isFalse();
  }
}
