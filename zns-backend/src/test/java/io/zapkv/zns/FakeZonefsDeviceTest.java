package io.zapkv.zns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zapkv.ring.Rings;
import io.zapkv.ring.Rings.Choice;
import io.zapkv.ring.sys.NativeAccess;
import io.zapkv.zns.zonefs.FakeZonefsDevices;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract on a zonefs in memory; on a real one it is [ZonefsDeviceTest]. Here the kernel
/// reads the zones.
class FakeZonefsDeviceTest extends ZonedDeviceContract {
  @TempDir Path folder;
  @TempDir Path staging;

  @BeforeAll
  static void needsNativeAccess() {
    assumeTrue(NativeAccess.isAllowed(), () -> String.valueOf(NativeAccess.refusal()));
  }

  Choice ring() {
    return Choice.AUTO;
  }

  @Override
  ZonedDevice open() {
    return FakeZonefsDevices.ofContract(ring(), folder, staging, 4);
  }

  @Override
  boolean maps() {
    return false;
  }

  @Test
  void theStatisticsSayWhichRingItIs() {
    try (Rings rings = Rings.choose(ring(), 4, Thread::new)) {
      assertThat(device.stats().ring()).endsWith("; " + rings.description());
    }
  }
}
