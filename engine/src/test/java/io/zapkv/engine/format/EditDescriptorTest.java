package io.zapkv.engine.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class EditDescriptorTest {
  @Test
  void aSuperblockReadsBackAsItWasWritten() {
    SuperblockDescriptor written =
        new SuperblockDescriptor(5, 6, 7, 8, 64, 4096, 8192, 8000, "unsigned bytes");
    MemorySegment payload = MemorySegment.ofArray(new byte[256]);
    int length = written.write(payload);
    assertThat(length).isEqualTo(66);
    assertThat(SuperblockDescriptor.read(payload.asSlice(0, length))).isEqualTo(written);
    assertThat(SuperblockDescriptor.read(payload.asSlice(0, length - 1))).isNull();
    assertThat(SuperblockDescriptor.read(payload.asSlice(0, 51))).isNull();
    assertThat(written.next(9, 1).journal()).isEqualTo(9);
  }

  @Test
  void aHeaderThatCannotBeIsNoPart() {
    MemorySegment payload = MemorySegment.ofArray(new byte[32]);
    EditDescriptor.writeHeader(payload, 2, 5, 1000);
    assertThat(EditDescriptor.isPart(payload)).isTrue();
    assertThat(EditDescriptor.part(payload)).isEqualTo(2);
    assertThat(EditDescriptor.parts(payload)).isEqualTo(5);
    assertThat(EditDescriptor.editBytes(payload)).isEqualTo(1000);
    assertThat(EditDescriptor.isPart(payload.asSlice(0, 15))).isFalse();
    EditDescriptor.writeHeader(payload, 5, 5, 1000);
    assertThat(EditDescriptor.isPart(payload)).isFalse();
    EditDescriptor.writeHeader(payload, -1, 5, 1000);
    assertThat(EditDescriptor.isPart(payload)).isFalse();
    EditDescriptor.writeHeader(payload, 0, 1, -1);
    assertThat(EditDescriptor.isPart(payload)).isFalse();
  }
}
