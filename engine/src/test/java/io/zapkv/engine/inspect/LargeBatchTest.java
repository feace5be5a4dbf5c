package io.zapkv.engine.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.Zap;
import io.zapkv.api.Durability;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.WriteBatch;
import io.zapkv.api.ZapStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A batch longer than a zone of the log.
class LargeBatchTest {
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults().withMemtableBytes(8 << 20).withMemoryBudgetBytes(40 << 20);
  private static final int ENTRIES = 200;

  @TempDir private Path temp;

  @Test
  void aBatchLongerThanALogZoneIsDurableAsAWhole() throws IOException {
    Path folder = temp.resolve("store");
    Path copy = temp.resolve("copy");
    String parameters = "?zones=64&capacity=256KiB&size=256KiB&append=32KiB";
    WriteBatch batch = new WriteBatch();
    for (int i = 0; i < ENTRIES; i++) {
      batch.put(LimitedProgram.key(i), LimitedProgram.value(i));
    }
    assertThat((long) batch.sizeBytes()).isBetween(6L * (256 << 10), OPTIONS.batchBytesMax());
    try (ZapStore store = Zap.open("emu:" + folder + parameters, OPTIONS)) {
      store.write(batch, Durability.DURABLE);
      // As after a power cut: what is in memory that outlives the process is not there.
      copyZones(folder, copy);
      assertThat(store.stats().background().flushes()).isZero();
    }
    try (ZapStore store = Zap.open("emu:" + copy, OPTIONS)) {
      for (int i = 0; i < ENTRIES; i++) {
        assertThat(store.get(LimitedProgram.key(i))).isEqualTo(LimitedProgram.value(i));
      }
    }
  }

  private static void copyZones(Path folder, Path copy) throws IOException {
    Files.createDirectories(copy);
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Files.copy(file, copy.resolve(file.getFileName()));
    }
  }
}
