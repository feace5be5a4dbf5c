package io.zapkv.engine.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
  private final MemorySegment chunk = MemorySegment.ofArray(new byte[512]);
  private Envelope envelope;

  @BeforeEach
  void writeAChunk() {
    chunk.asSlice(Envelope.BYTES, 100).fill((byte) 7);
    int checksum = Crc32c.of(chunk, Envelope.BYTES, 100);
    envelope = new Envelope(EnvelopeKind.TABLE_DATA, 42L, 3, 9, 2, 17, 1234L, 5678L, 100, checksum);
    envelope.write(chunk);
  }

  @Test
  void anEnvelopeReadsBackAsItWasWritten() {
    assertThat(Envelope.read(chunk)).isEqualTo(envelope);
    assertThat(envelope.payloadIsWhole(chunk)).isTrue();
  }

  @Test
  void anEnvelopeWithAnyByteChangedIsNone() {
    for (int i = 0; i < Envelope.BYTES; i++) {
      byte before = chunk.get(Layouts.U8, i);
      chunk.set(Layouts.U8, i, (byte) (before ^ 0x10));
      assertThat(Envelope.read(chunk)).as("byte %d", i).isNull();
      chunk.set(Layouts.U8, i, before);
    }
  }

  @Test
  void aPayloadWithAnyByteChangedIsNotWhole() {
    for (int i = Envelope.BYTES; i < Envelope.BYTES + 100; i++) {
      chunk.set(Layouts.U8, i, (byte) 8);
      assertThat(envelope.payloadIsWhole(chunk)).as("byte %d", i).isFalse();
      chunk.set(Layouts.U8, i, (byte) 7);
    }
  }

  @Test
  void aPayloadLongerThanTheChunkIsNotWhole() {
    assertThat(envelope.payloadIsWhole(chunk.asSlice(0, 128))).isFalse();
  }

  @Test
  void aChunkSentToAnotherZoneDiffersInZoneAndGenerationOnly() {
    envelope.sentTo(5, 1).write(chunk);
    assertThat(Envelope.read(chunk))
        .isEqualTo(
            new Envelope(
                EnvelopeKind.TABLE_DATA,
                42L,
                5,
                1,
                2,
                17,
                1234L,
                5678L,
                100,
                envelope.payloadChecksum()));
  }

  @Test
  void aChunkFillsWholeDeviceBlocks() {
    assertThat(envelope.chunkBytes(512)).isEqualTo(512);
    assertThat(envelope.chunkBytes(4096)).isEqualTo(4096);
  }
}
