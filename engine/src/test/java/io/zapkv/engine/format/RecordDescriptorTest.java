package io.zapkv.engine.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecordDescriptorTest {
  private static final int TAG = 0x1234_5678;
  private static final long SEQUENCE = 0x00AB_CDEF_0123_4567L;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory = arena.allocate(4096, 8);

  @AfterEach
  void free() {
    arena.close();
  }

  @Test
  void lengthsAreWholeUnitsAndDoNotOverflow() {
    assertThat(RecordDescriptor.lengthBytes(0, 0)).isEqualTo(32);
    assertThat(RecordDescriptor.lengthBytes(1, 0)).isEqualTo(40);
    assertThat(RecordDescriptor.lengthBytes(16, 100)).isEqualTo(152);
    assertThat(RecordDescriptor.lengthBytes(65535, Integer.MAX_VALUE)).isEqualTo(2147549216L);
  }

  @Test
  void theFieldsAreWhereThePictureSays() throws IOException {
    String key = "fruit/apple";
    byte[] content = (key + "ripe").getBytes(StandardCharsets.US_ASCII);
    MemorySegment.copy(content, 0, memory, ValueLayout.JAVA_BYTE, 32, content.length);
    RecordDescriptor.describe(memory, 0, ValueKind.PUT, key.length(), 4, 0);
    RecordDescriptor.initPrevious(memory, 0, 0x0BAD);
    long state = RecordDescriptor.published(TAG, 48);
    RecordDescriptor.seal(memory, new RangeChecksum(memory), 0, SEQUENCE, state);
    RecordDescriptor.setState(memory, 0, state);

    assertThat(hex(0, 48)).isEqualTo(golden("log-v1-record.hex"));
    assertThat(RecordDescriptor.isWhole(memory, 0, 48, TAG, SEQUENCE)).isTrue();
    assertThat(RecordDescriptor.isWhole(memory, 0, 47, TAG, SEQUENCE)).isFalse();
    assertThat(RecordDescriptor.isWhole(memory, 0, 48, TAG + 1, SEQUENCE)).isFalse();
    assertThat(RecordDescriptor.isWhole(memory, 0, 48, TAG, SEQUENCE + 1)).isFalse();
  }

  @Test
  void theSegmentHeaderIsWhereThePictureSays() throws IOException {
    SegmentHeaderDescriptor header =
        new SegmentHeaderDescriptor(
            0x1122_3344_5566_7788L, 3, TAG, 7, SEQUENCE, 4096, 0x99AA_BBCC_DDEE_FF00L);
    header.write(memory);

    assertThat(hex(0, 72)).isEqualTo(golden("log-v1-segment-header.hex"));
    assertThat(SegmentHeaderDescriptor.read(memory)).isEqualTo(header);
    SegmentHeaderDescriptor.invalidate(memory);
    assertThat(SegmentHeaderDescriptor.read(memory)).isNull();
  }

  @Test
  void aHeaderOfAnotherVersionIsNotRead() {
    new SegmentHeaderDescriptor(1, 3, TAG, 7, 0, 4096, 0).write(memory);
    memory.set(Layouts.U16, 8, (short) 2);
    memory.set(Layouts.U32, 68, Crc32c.of(memory, 0, 68));

    assertThat(SegmentHeaderDescriptor.read(memory)).isNull();
  }

  @Test
  void aStateIsOverOnlyUnderItsOwnTag() {
    long published = RecordDescriptor.published(TAG, 48);
    long abandoned = RecordDescriptor.abandoned(TAG, 48);

    assertThat(RecordDescriptor.isPublished(published, TAG)).isTrue();
    assertThat(RecordDescriptor.isPublished(abandoned, TAG)).isFalse();
    assertThat(RecordDescriptor.isResolved(abandoned, TAG)).isTrue();
    assertThat(RecordDescriptor.isResolved(published, TAG + 1)).isFalse();
    assertThat(RecordDescriptor.isResolved((long) TAG << 32, TAG)).isFalse();
    assertThat(RecordDescriptor.lengthBytes(abandoned)).isEqualTo(48);
    assertThat(RecordDescriptor.isPublished(RecordDescriptor.published(-1, 48), -1)).isTrue();
  }

  private String hex(int from, int bytes) {
    StringBuilder lines = new StringBuilder();
    for (int at = from; at < from + bytes; at += 8) {
      byte[] line = memory.asSlice(at, 8).toArray(ValueLayout.JAVA_BYTE);
      lines.append(HexFormat.ofDelimiter(" ").formatHex(line)).append('\n');
    }
    return lines.toString();
  }

  private static String golden(String name) throws IOException {
    try (InputStream file = RecordDescriptorTest.class.getResourceAsStream("golden/" + name)) {
      return new String(file.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}
