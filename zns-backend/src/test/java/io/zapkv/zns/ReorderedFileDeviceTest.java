package io.zapkv.zns;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class ReorderedFileDeviceTest extends ZonedDeviceContract {
  @TempDir Path folder;

  @Override
  ZonedDevice open() {
    return ZonedDevices.open("emu:" + folder.resolve("device") + "?reorder=7&" + GEOMETRY);
  }
}
