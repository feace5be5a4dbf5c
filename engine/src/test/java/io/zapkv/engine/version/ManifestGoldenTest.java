package io.zapkv.engine.version;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.engine.format.Crc32c;
import io.zapkv.engine.format.EditDescriptor;
import io.zapkv.engine.format.Envelope;
import io.zapkv.engine.format.EnvelopeKind;
import io.zapkv.engine.format.SuperblockDescriptor;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.zone.Extent;
import io.zapkv.zns.ZoneAddress;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Holds the bytes of version 1. The files never change: a new version gets new ones.
///
/// To make a new one: `-Dzap.rewrite=true`.
class ManifestGoldenTest {
  private static final long STORE = 0x1122334455667788L;

  private static final SuperblockDescriptor SUPERBLOCK =
      new SuperblockDescriptor(0, 0, 9, 1, 64, 4096, 4096, 4096, "unsigned bytes");

  private static final JournalStep STEP =
      new JournalStep(
          new VersionEdit(
              List.of(
                  new VersionEdit.Placed(
                      1,
                      new TableMeta(
                          300,
                          0,
                          "apple".getBytes(StandardCharsets.UTF_8),
                          "pear".getBytes(StandardCharsets.UTF_8),
                          1000,
                          2000,
                          500,
                          20,
                          70_000,
                          20,
                          ZoneAddress.of(5, 17),
                          List.of(new Extent(5, 2, 20))))),
              List.of(new VersionEdit.Removed(0, 298), new VersionEdit.Removed(0, 299)),
              List.of(new VersionEdit.Released(7, 4)),
              2001,
              301),
          6);

  private static final JournalStep NARROWING =
      new JournalStep(
          new VersionEdit(
              List.of(),
              List.of(new VersionEdit.Removed(6, 290)),
              List.of(new VersionEdit.Narrowed(0, 300, "grape".getBytes(StandardCharsets.UTF_8))),
              List.of(),
              VersionEdit.UNCHANGED,
              VersionEdit.UNCHANGED),
          VersionEdit.UNCHANGED);

  private static final JournalStep GIVING_UP =
      new JournalStep(
          new VersionEdit(
              List.of(),
              List.of(),
              List.of(),
              List.of(),
              VersionEdit.UNCHANGED,
              VersionEdit.UNCHANGED,
              List.of(12, 300),
              true),
          VersionEdit.UNCHANGED);

  @Test
  void aSuperblockHasTheBytesOfVersionOne() throws IOException {
    MemorySegment chunk = MemorySegment.ofArray(new byte[4096]);
    int length = SUPERBLOCK.write(chunk.asSlice(Envelope.BYTES));
    checkAgainst("superblock-1.hex", seal(chunk, EnvelopeKind.SUPERBLOCK, 0, length));
    MemorySegment golden = read("superblock-1.hex");
    assertThat(SuperblockDescriptor.read(golden.asSlice(Envelope.BYTES))).isEqualTo(SUPERBLOCK);
  }

  @Test
  void anEditHasTheBytesOfVersionOne() throws IOException {
    checkEdit("edit-1.hex", STEP);
  }

  @Test
  void anEditThatNarrowsATableHasTheBytesOfVersionOne() throws IOException {
    checkEdit("edit-2.hex", NARROWING);
  }

  @Test
  void anEditThatGivesZonesUpAndClosesTheStoreHasTheBytesOfVersionOne() throws IOException {
    checkEdit("edit-3.hex", GIVING_UP);
  }

  private static void checkEdit(String file, JournalStep edit) throws IOException {
    byte[] step = EditWriter.encode(edit);
    MemorySegment chunk = MemorySegment.ofArray(new byte[4096]);
    MemorySegment payload = chunk.asSlice(Envelope.BYTES);
    EditDescriptor.writeHeader(payload, 0, 1, step.length);
    MemorySegment.copy(
        step, 0, payload, ValueLayout.JAVA_BYTE, EditDescriptor.HEADER_BYTES, step.length);
    int length = EditDescriptor.HEADER_BYTES + step.length;
    checkAgainst(file, seal(chunk, EnvelopeKind.MANIFEST_EDIT, 2, length));
    MemorySegment golden = read(file);
    assertThat(Envelope.read(golden)).isNotNull();
    assertThat(Envelope.read(golden).payloadIsWhole(golden)).isTrue();
    byte[] goldenStep =
        golden.asSlice(Envelope.BYTES + EditDescriptor.HEADER_BYTES).toArray(ValueLayout.JAVA_BYTE);
    assertThat(EditWriter.encode(EditReader.decode("golden", goldenStep))).isEqualTo(step);
  }

  /// Writes the envelope; returns the chunk without the zeros behind it.
  private static MemorySegment seal(
      MemorySegment chunk, EnvelopeKind kind, int ordinal, int length) {
    int checksum = Crc32c.of(chunk, Envelope.BYTES, length);
    new Envelope(kind, STORE, 1, 9, 6, ordinal, 0, 0, length, checksum).write(chunk);
    return chunk.asSlice(0, Envelope.BYTES + length);
  }

  private static void checkAgainst(String file, MemorySegment chunk) throws IOException {
    byte[] bytes = chunk.toArray(ValueLayout.JAVA_BYTE);
    if (Boolean.getBoolean("zap.rewrite")) {
      StringBuilder text = new StringBuilder();
      for (int at = 0; at < bytes.length; at += 16) {
        int end = Math.min(bytes.length, at + 16);
        text.append(HexFormat.ofDelimiter(" ").formatHex(bytes, at, end)).append('\n');
      }
      Path folder = Path.of("src/test/resources/io/zapkv/engine/version/testdata");
      Files.writeString(folder.resolve(file), text);
      return;
    }
    assertThat(bytes).isEqualTo(read(file).toArray(ValueLayout.JAVA_BYTE));
  }

  private static MemorySegment read(String file) throws IOException {
    if (Boolean.getBoolean("zap.rewrite")) {
      Path folder = Path.of("src/test/resources/io/zapkv/engine/version/testdata");
      return parse(Files.readString(folder.resolve(file)));
    }
    try (InputStream in = ManifestGoldenTest.class.getResourceAsStream("testdata/" + file)) {
      return parse(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
    }
  }

  private static MemorySegment parse(String text) {
    return MemorySegment.ofArray(HexFormat.of().parseHex(text.replaceAll("\\s", "")));
  }
}
