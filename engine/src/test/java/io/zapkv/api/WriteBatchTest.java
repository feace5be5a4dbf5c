package io.zapkv.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WriteBatchTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> read(WriteBatch batch) {
    List<String> seen = new ArrayList<>();
    batch.forEach(
        new WriteBatch.Visitor() {
          @Override
          public void put(MemorySegment memory, long key, int keyLength, long value, int length) {
            seen.add(text(memory, key, keyLength) + "=" + text(memory, value, length));
          }

          @Override
          public void delete(MemorySegment memory, long key, int keyLength) {
            seen.add("-" + text(memory, key, keyLength));
          }
        });
    return seen;
  }

  private static String text(MemorySegment memory, long offset, int length) {
    return new String(
        memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  @Test
  void operationsAreShownInTheOrderTheyWereAdded() {
    var batch = new WriteBatch();
    batch.put(bytes("b"), bytes("1"));
    batch.delete(bytes("a"));
    batch.put(bytes(""), bytes(""));
    assertThat(read(batch)).containsExactly("b=1", "-a", "=");
    assertThat(batch.count()).isEqualTo(3);
    assertThat(batch.sizeBytes()).isEqualTo(3 * WriteBatch.OPERATION_BYTES + 3);
  }

  @Test
  void aClearedBatchIsEmptyAndCanBeFilledAgain() {
    var batch = new WriteBatch();
    batch.put(bytes("a"), bytes("1"));
    batch.clear();
    assertThat(batch.count()).isZero();
    assertThat(read(batch)).isEmpty();
    batch.put(bytes("b"), bytes("2"));
    assertThat(read(batch)).containsExactly("b=2");
  }

  @Test
  void aBatchGrowsBeyondItsFirstArray() {
    var batch = new WriteBatch();
    byte[] value = new byte[10_000];
    for (int i = 0; i < 100; i++) {
      batch.put(bytes("key" + i), value);
    }
    assertThat(read(batch)).hasSize(100).last().asString().startsWith("key99=");
  }

  @Test
  void aBatchThatWouldGrowBeyondItsLimitStaysAsItWas() {
    var batch = new WriteBatch();
    byte[] value = new byte[WriteBatch.BYTES_MAX / 2];
    batch.put(bytes("a"), value);
    assertThatThrownBy(() -> batch.put(bytes("b"), value))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(Integer.toString(WriteBatch.BYTES_MAX));
    assertThat(batch.count()).isEqualTo(1);
    batch.put(bytes("c"), bytes("1"));
    assertThat(read(batch)).hasSize(2).last().isEqualTo("c=1");
  }
}
