package io.zapkv.zns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.zapkv.ring.sys.NativeAccess;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract on the namespace whose node the property `zap.test.nvme` names. All that is on it
/// is lost. It must be made of [ZonedDeviceContract#GEOMETRY], or of
/// [ZonedDeviceContract#TIGHT_GEOMETRY] where `zap.test.tight` is true.
class NvmeDeviceTest extends ZonedDeviceContract {
  @TempDir private Path folder;

  @Override
  ZonedDevice open() {
    String node = System.getProperty("zap.test.nvme");
    assumeThat(node).as("property zap.test.nvme, the node of a zoned namespace").isNotNull();
    assumeThat(NativeAccess.refusal()).as("native access").isNull();
    String name = "nvme:" + node + "?staging=" + folder;
    try (ZonedDevice device = ZonedDevices.open(name)) {
      assertThat(device.geometry()).isEqualTo(ofRealDevice());
      empty(device);
    }
    return ZonedDevices.open(name);
  }

  private static void empty(ZonedDevice device) {
    try (ZoneQueue queue = device.openQueue(1)) {
      for (ZoneReport report : device.report()) {
        if (report.state() != ZoneState.EMPTY) {
          queue.manage(ZoneAction.RESET, report.zone(), 0, 0);
          assertThat(new Completions().drain(queue).failed).isEmpty();
        }
      }
    }
  }

  /// Nothing was opened where an assumption does not hold.
  @AfterEach
  @Override
  void closeDevice() {
    if (device != null) {
      device.close();
    }
    arena.close();
  }

  @Override
  boolean maps() {
    return false;
  }

  @Test
  void theSelfTestHasRunOnAnEmptyZone() {
    assertThat(device.stats().ring()).contains("self-test passed on zone 7");
    assertThat(device.report(7).state()).isEqualTo(ZoneState.EMPTY);
  }

  @Test
  void aSecondOpeningIsRefusedAndNothingHappens() {
    fill(0, 2);
    String name = device.name();
    assertThatThrownBy(() -> ZonedDevices.open(name)).isInstanceOf(DeviceLockedException.class);
    assertThatThrownBy(() -> ZonedDevices.openReadOnly(name))
        .isInstanceOf(DeviceLockedException.class);
    assertHolds(ZoneAddress.of(0, 1), 1, fillPattern(0, 1));
  }

  @Test
  void whatWasWrittenIsThereAfterOpeningAgain() {
    fill(3, 5);
    String name = device.name();
    device.close();
    device = ZonedDevices.openReadOnly(name);
    queue = device.openQueue(8);
    assertThat(device.report(3).writePointerBlocks()).isEqualTo(5);
    assertHolds(ZoneAddress.of(3, 4), 1, fillPattern(3, 4));
    queue.append(3, blocks(1, 1), 0, 1);
    assertThat(new Completions().drain(queue).failed).containsEntry(1L, ZoneFailure.READ_ONLY);
  }

  @Test
  void anAppendSyncedAloneAndASyncOfManyBothComplete() {
    queue.append(0, blocks(1, 1), ZoneQueue.LINK, 1);
    queue.sync(0, 0, 2);
    assertThat(new Completions().drain(queue).done).containsOnlyKeys(1L, 2L);
    for (int token = 0; token < 8; token++) {
      queue.append(1, blocks(1, token), 0, token);
    }
    new Completions().drain(queue);
    queue.sync(ZoneQueue.ALL_ZONES, 0, 9);
    assertThat(new Completions().drain(queue).done).containsOnlyKeys(9L);
  }
}
