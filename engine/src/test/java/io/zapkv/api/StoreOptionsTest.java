package io.zapkv.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreOptionsTest {
  private static final StoreOptions DEFAULTS = StoreOptions.defaults();

  @Test
  void theDefaultsAreThoseThatAreDocumented() {
    assertThat(DEFAULTS)
        .isEqualTo(
            new StoreOptions(
                64L << 20, 256L << 20, 4096, Compression.LZ4, 10, Durability.BUFFERED, true));
    assertThat(DEFAULTS.batchBytesMax()).isEqualTo(16L << 20);
  }

  @Test
  void eachWitherChangesItsOwnOptionOnly() {
    assertThat(
            DEFAULTS
                .withMemtableBytes(2L << 20)
                .withMemoryBudgetBytes(64L << 20)
                .withBlockBytes(8192)
                .withCompression(Compression.NONE)
                .withFilterBitsPerKey(4)
                .withDurability(Durability.DURABLE)
                .withCreateIfMissing(false))
        .isEqualTo(
            new StoreOptions(
                2L << 20, 64L << 20, 8192, Compression.NONE, 4, Durability.DURABLE, false));
  }

  @ParameterizedTest
  @CsvSource({
    "memtableBytes, 1048575",
    "memtableBytes, 1048577",
    "memtableBytes, 1073745920",
    "memtableBytes, 134217728",
    "memoryBudgetBytes, 134217728",
    "blockBytes, 511",
    "blockBytes, 65537",
    "filterBitsPerKey, -1",
    "filterBitsPerKey, 33"
  })
  void aNumberOutOfBoundsIsRefusedByName(String name, long value) {
    Supplier<StoreOptions> wrong =
        () ->
            switch (name) {
              case "memtableBytes" -> DEFAULTS.withMemtableBytes(value);
              case "memoryBudgetBytes" -> DEFAULTS.withMemoryBudgetBytes(value);
              case "blockBytes" -> DEFAULTS.withBlockBytes((int) value);
              default -> DEFAULTS.withFilterBitsPerKey((int) value);
            };
    assertThatThrownBy(wrong::get)
        .isInstanceOf(IllegalArgumentException.class)
        // A memtable too large for the budget is told as a budget too small for the memtable.
        .hasMessageMatching("(?s).*(" + name + "|memoryBudgetBytes).*");
  }
}
