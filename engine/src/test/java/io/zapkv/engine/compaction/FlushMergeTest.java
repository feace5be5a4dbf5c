package io.zapkv.engine.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.engine.format.ValueKind;
import io.zapkv.engine.read.Entry;
import io.zapkv.engine.read.ListCursor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How flushes ask for room. A block is as long as an entry: eight bytes.
class FlushMergeTest {
  private static final int BLOCK_BYTES = 8;
  private static final long[] NO_SNAPSHOTS = {};

  private final FakeTables tables = new FakeTables(60);
  private final FlushMerge merge = new FlushMerge(tables, BLOCK_BYTES);

  @Test
  void whatRecordsTakeInMemoryBesideTheirKeysAndValuesIsNotAskedForTwice() {
    int inMemory = 5 * BLOCK_BYTES; // with a header, say
    flush(50, inMemory);
    flush(50, inMemory);
    assertThat(tables.expected).containsExactly(250L, 50L);
  }

  @Test
  void aFlushOfSeveralTablesAsksEachTimeForWhatIsLeft() {
    flush(100, BLOCK_BYTES);
    assertThat(tables.expected).containsExactly(100L, 40L);
    assertThat(tables.sizes).containsExactly(60, 40);
  }

  private void flush(int entries, int bytesEach) {
    List<Entry> sorted = new ArrayList<>();
    for (int i = 0; i < entries; i++) {
      sorted.add(new Entry(bytes(String.valueOf(1000 + i)), i + 1, ValueKind.PUT, bytes("same")));
    }
    merge.run(new ListCursor(sorted), (long) entries * bytesEach, NO_SNAPSHOTS);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
