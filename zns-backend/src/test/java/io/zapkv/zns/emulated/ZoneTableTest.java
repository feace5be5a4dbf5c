package io.zapkv.zns.emulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.zns.DeviceFormatException;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneState;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZoneTableTest {
  private static final Geometry GEOMETRY = new Geometry(5, 16, 8, 4096, 16384, 3, 4);

  @TempDir Path folder;

  @Test
  void afterAnotherBootEveryZoneThatIsNotEmptyIsFull() throws IOException {
    Path path = made();
    try (Arena arena = Arena.ofShared()) {
      EmulatedZones zones = open(path, "boot 1", arena);
      zones.append(0, 3);
      zones.append(1, 8);
      zones.manage(ZoneAction.OPEN, 2);
      zones.append(3, 2);
      zones.landed(3);
      zones.manage(ZoneAction.RESET, 3);
    }
    byte[] before = Files.readAllBytes(path);
    try (Arena arena = Arena.ofShared()) {
      EmulatedZones same = open(path, "boot 1", arena);
      assertThat(same.report(0).state()).isEqualTo(ZoneState.IMPLICITLY_OPEN);
      assertThat(same.report(0).writePointerBlocks()).isEqualTo(3);
    }
    assertThat(Files.readAllBytes(path)).isEqualTo(before);
    try (Arena arena = Arena.ofShared()) {
      ZoneTable read = ZoneTable.read("emu:x", path, "boot 2", arena);
      assertFullWhereNotEmpty(new EmulatedZones(GEOMETRY, read.words()));
    }
    assertThat(Files.readAllBytes(path)).isEqualTo(before);
    try (Arena arena = Arena.ofShared()) {
      assertFullWhereNotEmpty(open(path, "boot 2", arena));
    }
    try (Arena arena = Arena.ofShared()) {
      assertFullWhereNotEmpty(open(path, "boot 2", arena));
    }
  }

  private static void assertFullWhereNotEmpty(EmulatedZones zones) {
    for (int zone = 0; zone < 3; zone++) {
      assertThat(zones.report(zone).state()).isEqualTo(ZoneState.FULL);
      // What a lost pointer hides may still be there.
      assertThat(zones.readable(io.zapkv.zns.ZoneAddress.of(zone, 0), 8)).isNull();
    }
    assertThat(zones.report(3).state()).isEqualTo(ZoneState.EMPTY);
    assertThat(zones.report(3).writtenBefore()).isTrue();
    assertThat(zones.report(4).writtenBefore()).isFalse();
  }

  @Test
  void whereTheSystemTellsNoBootEveryOpeningIsAfterOne() throws IOException {
    Path path = made();
    try (Arena arena = Arena.ofShared()) {
      open(path, "", arena).append(0, 1);
    }
    try (Arena arena = Arena.ofShared()) {
      assertThat(open(path, "", arena).report(0).state()).isEqualTo(ZoneState.FULL);
    }
  }

  @Test
  void aNewerVersionIsRefusedNamingBoth() throws IOException {
    Path path = made();
    byte[] bytes = Files.readAllBytes(path);
    bytes[8] = 9;
    Files.write(path, bytes);
    try (Arena arena = Arena.ofShared()) {
      assertThatThrownBy(() -> ZoneTable.open("emu:x", path, "boot", arena))
          .isInstanceOf(DeviceFormatException.class)
          .hasMessageContaining("version 9")
          .hasMessageContaining("knows 1");
    }
  }

  /// The bytes of version 1, for ever.
  @Test
  void theFormatIsAsItWas() throws IOException {
    Path path = made();
    try (Arena arena = Arena.ofShared()) {
      open(path, "boot 1", arena).append(0, 3);
    }
    byte[] bytes = Files.readAllBytes(path);
    assertThat(bytes).hasSize(4096 + 5 * 8);
    assertThat(HexFormat.of().formatHex(bytes, 0, 72))
        .isEqualTo(
            "5a41505a4f4e4553"
                + "01000000"
                + "e15c1cca"
                + "05000000"
                + "00100000"
                + "1000000000000000"
                + "0800000000000000"
                + "00400000"
                + "03000000"
                + "04000000"
                + "000000000000000000000000"
                + "9a93ad4581d0999b");
    assertThat(HexFormat.of().formatHex(bytes, 4096, 4112))
        .isEqualTo("030000000012b267000000000000ea1d");
  }

  private Path made() throws IOException {
    Path path = folder.resolve("zones.table");
    ZoneTable.create(path, GEOMETRY, "boot 1");
    return path;
  }

  private static EmulatedZones open(Path path, String bootId, Arena arena) throws IOException {
    ZoneTable table = ZoneTable.open("emu:x", path, bootId, arena);
    assertThat(table.geometry()).isEqualTo(GEOMETRY);
    return new EmulatedZones(table.geometry(), table.words());
  }
}
