package io.zapkv.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The loop is tried on a store that is known to survive.
class CrashLoopTest {
  @TempDir private Path folder;

  @Test
  void rocksDbLosesNothingThatItAcknowledged() throws Exception {
    var loop = new CrashLoop("rocksdb", "emu:" + folder.resolve("store"), 2, 11);
    assertThat(loop.run(3, 300)).isPositive();
  }
}
