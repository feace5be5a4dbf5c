package io.zapkv.engine.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.api.Compression;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.zone.Extent;
import io.zapkv.zns.ZonedDevices;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// A table as version 1 of the format wrote it, byte by byte: every later release must read it.
///
/// The files never change. A new version of the format adds files of its own: copy this test, run
/// it once with `-Dzap.rewrite=true`, and commit what it wrote.
class TableGoldenTest {
  private static final Path FOLDER = Path.of("src/test/resources/io/zapkv/engine/table");
  private static final String IMAGE = "table-v1.hex";
  private static final String META = "table-v1.properties";
  private static final String DEVICE = "mem:?zones=16&capacity=64KiB&block=512&append=4KiB";
  private static final int LINE_BYTES = 32;

  @Test
  void aTableOfVersionOneIsReadWhole() throws IOException {
    TreeMap<TestKey, byte[]> entries = entries();
    if (Boolean.getBoolean("zap.rewrite")) {
      rewrite(entries);
    }
    Properties said = new Properties();
    said.load(resource(META));
    MemorySegment image = MemorySegment.ofArray(image());
    OddDevice device = new OddDevice(ZonedDevices.open(DEVICE), zone -> image);
    try (TableWorkshop workshop = new TableWorkshop(device, 1 << 20);
        TableReader table = TableReader.open(meta(said), workshop.context);
        InternalCursor cursor = table.cursor();
        GetResult result = new GetResult()) {
      cursor.first();
      for (TestKey key : entries.keySet()) {
        assertThat(TestKey.keyOf(cursor)).isEqualTo(key.key());
        assertThat(cursor.sequence()).isEqualTo(key.sequence());
        assertThat(cursor.kind()).isEqualTo(TableWorkshop.kind(key, entries.get(key)));
        assertThat(TestKey.valueOf(cursor)).isEqualTo(entries.get(key));
        assertThat(TableWorkshop.get(table, key.key(), key.sequence(), result))
            .isNotEqualTo(GetResult.NOT_HERE);
        cursor.next();
      }
      assertThat(cursor.isValid()).isFalse();
      assertThat(table.verify().problems()).isEmpty();
    }
  }

  /// Sixty keys, every tenth in two versions, every seventh deleted; long values repeat themselves.
  private static TreeMap<TestKey, byte[]> entries() {
    TreeMap<TestKey, byte[]> entries = new TreeMap<>();
    for (int i = 0; i < 60; i++) {
      byte[] key = "key%03d".formatted(i).getBytes(StandardCharsets.UTF_8);
      byte[] value = "value %d, ".formatted(i).repeat(i % 5).getBytes(StandardCharsets.UTF_8);
      entries.put(new TestKey(key, 2 * i + 100), value);
      if (i % 10 == 0) {
        entries.put(new TestKey(key, 2 * i + 1), value);
      }
      if (i % 7 == 0) {
        entries.put(new TestKey(key, 2 * i + 301), new byte[0]);
      }
    }
    return entries;
  }

  private static TableMeta meta(Properties said) {
    return new TableMeta(
        number(said, "id"),
        (int) number(said, "keyspace"),
        said.getProperty("smallest").getBytes(StandardCharsets.UTF_8),
        said.getProperty("largest").getBytes(StandardCharsets.UTF_8),
        number(said, "smallestSequence"),
        number(said, "largestSequence"),
        number(said, "entries"),
        number(said, "deletions"),
        number(said, "rawBytes"),
        number(said, "blocks"),
        number(said, "footerAddress"),
        List.of(new Extent((int) number(said, "zone"), 0, number(said, "blocks"))));
  }

  private static long number(Properties said, String name) {
    return Long.parseLong(said.getProperty(name));
  }

  private static byte[] image() throws IOException {
    try (InputStream in = resource(IMAGE)) {
      String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(hex.replace("\n", ""));
    }
  }

  private static InputStream resource(String name) throws IOException {
    return Files.newInputStream(FOLDER.resolve(name));
  }

  private static void rewrite(TreeMap<TestKey, byte[]> entries) throws IOException {
    TableOptions options = new TableOptions(Compression.LZ4, 10, 512, 2048);
    try (TableWorkshop workshop = TableWorkshop.open(DEVICE, 0)) {
      TableMeta meta = workshop.write(options, 12, entries);
      int zone = meta.extents().getFirst().zone();
      byte[] image =
          workshop
              .device
              .mapped(zone)
              .asSlice(0, meta.blocks() * 512)
              .toArray(ValueLayout.JAVA_BYTE);
      StringBuilder hex = new StringBuilder();
      for (int at = 0; at < image.length; at += LINE_BYTES) {
        hex.append(HexFormat.of().formatHex(image, at, at + LINE_BYTES)).append('\n');
      }
      Files.writeString(FOLDER.resolve(IMAGE), hex);
      String said =
          """
          id=%d
          keyspace=%d
          smallest=%s
          largest=%s
          smallestSequence=%d
          largestSequence=%d
          entries=%d
          deletions=%d
          rawBytes=%d
          blocks=%d
          footerAddress=%d
          zone=%d
          """
              .formatted(
                  meta.id(),
                  meta.keyspace(),
                  new String(meta.smallest(), StandardCharsets.UTF_8),
                  new String(meta.largest(), StandardCharsets.UTF_8),
                  meta.smallestSequence(),
                  meta.largestSequence(),
                  meta.entries(),
                  meta.deletions(),
                  meta.rawBytes(),
                  meta.blocks(),
                  meta.footerAddress(),
                  zone);
      Files.writeString(FOLDER.resolve(META), said);
    }
  }
}
