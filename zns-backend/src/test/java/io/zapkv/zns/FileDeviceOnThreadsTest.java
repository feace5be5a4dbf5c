package io.zapkv.zns;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Zones in files, on worker threads.
class FileDeviceOnThreadsTest extends FileDeviceTest {
  @Override
  String ring() {
    return "pool";
  }

  @Test
  void theStatisticsSayWhichRingItIs() {
    assertThat(device.stats().ring()).isEqualTo("4 worker threads: asked for");
  }
}
