package io.zapkv.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.bench.target.ZapEngine;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No write that returned is lost when the process is killed.
///
/// More rounds, other moments: `./zap test -pl compat-bench -am -Dtest=ZapCrashTest
/// -Dzap.rounds=ROUNDS -Dzap.seed=SEED`.
class ZapCrashTest {
  @TempDir private Path folder;

  @Test
  void noBufferedWriteIsLostByKill9() throws Exception {
    String device = "emu:" + folder.resolve("store") + "?zones=128&size=8MiB&capacity=8MiB";
    long seed = Long.getLong("zap.seed", 1);
    int rounds = Integer.getInteger("zap.rounds", 8);
    assertThat(new CrashLoop("zapkv", device, 2, seed).run(rounds, 400))
        .as("seed %d", seed)
        .isPositive();
    assertThat(new ZapEngine().verify(device).problems()).isEmpty();
  }

  /// At named points, most of them while the store is opening: `zap crash` does more of it.
  @Test
  void noBufferedWriteIsLostWhereverTheProcessEnds() throws Exception {
    String device = "emu:" + folder.resolve("store") + "?zones=128&size=8MiB&capacity=8MiB";
    long seed = Long.getLong("zap.seed", 2);
    CrashLoop loop = new CrashLoop("zapkv", device, 2, seed);
    loop.runAtPoints();
    assertThat(loop.atPoints()).as("seed %d", seed).isGreaterThan(3);
    assertThat(new ZapEngine().verify(device).problems()).isEmpty();
  }
}
