package io.zapkv.zns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zapkv.ring.sys.LinuxFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract on a real zonefs, mounted where the system property `zap.test.zonefs` says. All its
/// zones are reset. Without the zone of its own it must be made of [ZonedDeviceContract#GEOMETRY],
/// or of [ZonedDeviceContract#TIGHT_GEOMETRY] where `zap.test.tight` is true.
class ZonefsDeviceTest extends ZonedDeviceContract {
  private static final String MOUNT = System.getProperty("zap.test.zonefs", "");

  @TempDir Path staging;

  @BeforeAll
  static void needsAMount() {
    assumeTrue(!MOUNT.isEmpty(), "give -Dzap.test.zonefs=MOUNTPOINT; its zones are reset");
  }

  private String name() {
    return "zonefs:" + MOUNT + "?append=16KiB&staging=" + staging;
  }

  @Override
  ZonedDevice open() {
    try (Stream<Path> files = Files.list(Path.of(MOUNT, "seq"))) {
      for (Path file : files.toList()) {
        // Not opened: where every slot is taken, that is refused (zns-facts Z5).
        assertThat(LinuxFile.truncate(file, 0)).as(file.toString()).isZero();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ZonedDevice opened = ZonedDevices.open(name());
    assertThat(opened.geometry()).isEqualTo(ofRealDevice());
    return opened;
  }

  @Override
  boolean maps() {
    return false;
  }

  @Test
  void zonesSurviveTheClose() {
    fill(1, 5);
    fill(2, ZONE_BLOCKS);
    device.close();
    device = ZonedDevices.open(name());
    queue = device.openQueue(16);
    assertThat(device.report(1).state()).isEqualTo(ZoneState.CLOSED);
    assertThat(device.report(1).writePointerBlocks()).isEqualTo(5);
    assertThat(device.report(2).state()).isEqualTo(ZoneState.FULL);
    assertHolds(ZoneAddress.of(1, 4), 1, fillPattern(1, 4));
    fill(1, 1);
  }

  @Test
  void aSecondDeviceIsRefused() {
    assertThatThrownBy(() -> ZonedDevices.open("zonefs:" + MOUNT))
        .isInstanceOf(DeviceLockedException.class)
        .hasMessageContaining("this process");
    assertThatThrownBy(() -> ZonedDevices.openReadOnly("zonefs:" + MOUNT))
        .isInstanceOf(DeviceLockedException.class);
    device.close();
    device = ZonedDevices.openReadOnly("zonefs:" + MOUNT);
    try (ZonedDevice reader = ZonedDevices.openReadOnly("zonefs:" + MOUNT)) {
      assertThat(reader.report()).isEqualTo(device.report());
    }
  }

  /// The device's own pointer, its file's size, and what the kernel counts agree (zns-facts Z3,
  /// Z5).
  @Test
  void whatTheDeviceReportsIsWhatItsFilesSay() throws IOException {
    for (int zone = 0; zone < activeZonesMax(); zone++) {
      fill(zone, zone + 1);
    }
    manage(ZoneAction.FINISH, 1);
    for (ZoneReport report : device.report()) {
      assertThat(Files.size(Path.of(MOUNT, "seq", Integer.toString(report.zone()))))
          .isEqualTo(report.writePointerBlocks() * BLOCK);
    }
    Path limits;
    try (Stream<Path> found = Files.list(Path.of("/sys/fs/zonefs"))) {
      List<Path> devices = found.toList();
      assumeTrue(devices.size() == 1, "several zonefs are mounted");
      limits = devices.getFirst();
    }
    long open = device.report().stream().filter(report -> report.state().isOpen()).count();
    assertThat(Files.readString(limits.resolve("nr_wro_seq_files")).strip())
        .isEqualTo(Long.toString(open));
  }
}
