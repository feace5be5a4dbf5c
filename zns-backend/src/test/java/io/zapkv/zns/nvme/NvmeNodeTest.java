package io.zapkv.zns.nvme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.zapkv.ring.sys.NativeAccess;
import io.zapkv.zns.DeviceFormatException;
import io.zapkv.zns.DeviceIoException;
import io.zapkv.zns.GeometryException;
import io.zapkv.zns.ZonedDeviceException;
import io.zapkv.zns.ZonedDevices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What can be named that is no namespace.
class NvmeNodeTest {
  @TempDir private Path folder;

  @BeforeEach
  void needsNativeAccess() {
    assumeThat(NativeAccess.refusal()).isNull();
  }

  private static ZonedDeviceException refused(String name) {
    ZonedDeviceException[] found = new ZonedDeviceException[1];
    assertThatThrownBy(() -> ZonedDevices.open(name).close())
        .isInstanceOfSatisfying(ZonedDeviceException.class, e -> found[0] = e);
    assertThat(found[0].advice()).isNotBlank();
    return found[0];
  }

  @Test
  void aNodeThatIsNotThereIsRefused() {
    assertThat(refused("nvme:/dev/ng77n77"))
        .isInstanceOf(DeviceFormatException.class)
        .hasMessageContaining("no such device")
        .hasMessageContaining("/dev/ng0n1");
    assertThat(ZonedDevices.exists("nvme:/dev/ng77n77")).isFalse();
    assertThatThrownBy(() -> ZonedDevices.geometryOfNew("nvme:/dev/ng77n77"))
        .isInstanceOf(DeviceFormatException.class);
  }

  @Test
  void aNameWithoutANodeOrWithAnUnknownParameterIsRefused() {
    assertThat(refused("nvme:")).isInstanceOf(DeviceFormatException.class);
    assertThat(refused("nvme:/dev/null?zones=4"))
        .isInstanceOf(GeometryException.class)
        .hasMessageContaining("staging");
  }

  @Test
  void aFileIsNotADevice() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(refused("nvme:" + file))
        .isInstanceOf(DeviceFormatException.class)
        .hasMessageContaining("not a device");
  }

  @Test
  void anotherDeviceIsNotANamespace() {
    assertThat(refused("nvme:/dev/null"))
        .isInstanceOf(DeviceFormatException.class)
        .hasMessageContaining("not the node of an NVMe namespace");
    // Nothing is left locked by that.
    assertThat(refused("nvme:/dev/null")).isInstanceOf(DeviceFormatException.class);
  }

  @Test
  void aNodeOfSomebodyElsesIsRefusedWithARule() throws Exception {
    Path file =
        Files.createFile(
            folder.resolve("ng0n1"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("---------")));
    assumeThat(Files.isReadable(file)).as("this user is refused nothing").isFalse();
    assertThat(refused("nvme:" + file))
        .isInstanceOf(DeviceIoException.class)
        .hasMessageContaining("EACCES")
        .hasMessageContaining("udev");
  }
}
