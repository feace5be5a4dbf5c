package io.zapkv.engine.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.Zap;
import io.zapkv.api.Durability;
import io.zapkv.api.ZapStore;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Limits of the process, reached while a store is written: RLIMIT_NOFILE and RLIMIT_FSIZE.
class ResourceLimitsTest {
  @TempDir private Path folder;

  @Test
  void whereNoMoreFilesMayBeOpenedWritingEndsAndWhatWasAcknowledgedIsThere() throws Exception {
    assertThat(writeUnder("-n 26", "ulimit -n")).as("writes before it").isBetween(1, 1_499);
  }

  /// Files of zones get their length when they are first written, so it is reached at once.
  @Test
  void whereFilesMayNotBeAsLongAsAZoneNoStoreIsMade() throws Exception {
    assertThat(writeUnder("-f 1000", "")).isZero();
  }

  private int writeUnder(String limit, String cure) throws Exception {
    String device = "emu:" + folder.resolve("store") + "?zones=64&capacity=1MiB&size=1MiB";
    List<String> said;
    try (ChildJvm child = ChildJvm.runUnder(limit, folder, LimitedProgram.class, device)) {
      said = child.rest();
      assertThat(child.exitCode()).as(said.toString()).isZero();
    }
    assertThat(said).anyMatch(line -> line.startsWith("refused DeviceException: "));
    assertThat(said).anyMatch(line -> line.startsWith("advice ") && line.contains(cure));
    int acknowledged = acknowledged(said);
    try (ZapStore store = Zap.open(device, LimitedProgram.OPTIONS)) {
      for (int i = 0; i < acknowledged; i++) {
        assertThat(store.get(LimitedProgram.key(i))).isEqualTo(LimitedProgram.value(i));
      }
      store.put(LimitedProgram.key(0), LimitedProgram.value(1), Durability.DURABLE);
    }
    assertThat(Inspect.verify(device).problems()).isEmpty();
    return acknowledged;
  }

  private static int acknowledged(List<String> said) {
    String line =
        said.stream().filter(each -> each.startsWith("acknowledged ")).findFirst().orElseThrow();
    return Integer.parseInt(line.substring("acknowledged ".length()));
  }
}
