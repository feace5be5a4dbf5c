package io.zapkv.engine.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.api.Compression;
import io.zapkv.engine.append.AppendStream;
import io.zapkv.engine.zone.Lifetime;
import io.zapkv.zns.ZoneState;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableRoomTest {
  /// Key and value bytes, and of each value how many percent are noise.
  @ParameterizedTest
  @CsvSource({
    "16,100,50",
    "16,100,0",
    "16,100,100",
    "8,8,100",
    "8,0,100",
    "16,1000,50",
    "100,10,100",
    "16,4000,100",
    "16,4000,10",
    "16,20000,100",
    "1000,100,50",
    "16,60000,100"
  })
  void aTableCutByItsRoomFillsItsZone(int keyBytes, int valueBytes, int noisePercent) {
    for (Compression compression : Compression.values()) {
      for (String zone : new String[] {"capacity=8MiB", "capacity=10MiB&append=128KiB"}) {
        try (TableWorkshop workshop =
                TableWorkshop.open("mem:?zones=12&reorder=1&" + zone, 1 << 20);
            AppendStream stream = workshop.stream(Lifetime.ZONE);
            TableWriter writer =
                TableWriter.fillingZone(TableOptions.of(compression), stream, 1, 0)) {
          long capacity = workshop.device.geometry().zoneCapacityBlocks();
          fill(writer, new SplittableRandom(1), keyBytes, valueBytes, noisePercent);
          TableMeta meta = writer.finish();
          assertThat(meta.extents()).hasSize(1);
          assertThat(meta.blocks()).isBetween(capacity * 97 / 100, capacity);
          assertThat(writer.paddingBlocks()).isEqualTo(capacity - meta.blocks());
          if (writer.paddingBlocks() > 0) {
            stream.pad();
          }
          assertThat(workshop.device.report(meta.extents().getFirst().zone()).state())
              .isEqualTo(ZoneState.FULL);
          try (TableReader table = TableReader.open(meta, workshop.context)) {
            assertThat(table.verify().problems()).isEmpty();
          }
        }
      }
    }
  }

  @Test
  void whateverIsWrittenTheCapacityHolds() {
    for (long seed = 0; seed < 400; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      boolean small = random.nextBoolean();
      String device =
          small
              ? "mem:?zones=128&capacity=64KiB&block=512&append=4KiB&reorder=" + seed
              : "mem:?zones=16&capacity=1MiB&append=" + (4 << random.nextInt(6)) + "KiB";
      Compression compression = random.nextBoolean() ? Compression.LZ4 : Compression.NONE;
      TableOptions options =
          small
              ? new TableOptions(
                  compression,
                  4 + random.nextInt(12),
                  256 << random.nextInt(4),
                  2048 << random.nextInt(2))
              : TableOptions.of(compression);
      try (TableWorkshop workshop = TableWorkshop.open(device, 0);
          AppendStream stream = workshop.stream(Lifetime.ZONE)) {
        stream.begin(1);
        long capacity = 20 + random.nextLong(stream.remainingBlocks() - 19);
        int most = stream.payloadBytesMax();
        try (TableWriter writer = new TableWriter(options, stream, 1, 0, capacity)) {
          int keyMax = 1 + random.nextInt(Math.min(1000, most / 8));
          int valueMax = 1 + random.nextInt(Math.min(30_000, most / 2));
          boolean full = false;
          for (int i = 0; !full; i++) {
            byte[] key = key(random, i, keyMax);
            byte[] value = value(random, random.nextInt(valueMax), random.nextInt(101));
            full = !writer.hasRoomFor(key.length, value.length);
            if (!full) {
              TableWorkshop.add(writer, new TestKey(key, 2), value);
            }
          }
          if (writer.entries() > 0) {
            TableMeta meta = writer.finish();
            assertThat(meta.blocks()).as("seed %d", seed).isLessThanOrEqualTo(capacity);
            assertThat(meta.extents()).hasSize(1);
            try (TableReader table = TableReader.open(meta, workshop.context)) {
              assertThat(table.verify().problems()).as("seed %d", seed).isEmpty();
            }
          }
        }
      }
    }
  }

  @Test
  void anAbandonedTableLeavesTheStreamUsable() {
    try (TableWorkshop workshop = TableWorkshop.open("mem:?zones=16&capacity=1MiB", 0);
        AppendStream stream = workshop.stream(Lifetime.SHARED)) {
      TableMeta meta = null;
      for (int table = 1; table <= 3; table++) {
        try (TableWriter writer =
            TableWriter.sharingZones(TableOptions.of(Compression.LZ4), stream, table, 0)) {
          TreeMap<TestKey, byte[]> model =
              TableTest.smallEntries(new SplittableRandom(table), 10_000);
          model.forEach((key, value) -> TableWorkshop.add(writer, key, value));
          if (table == 3) {
            meta = writer.finish();
          } else {
            writer.abandon();
          }
        }
      }
      try (TableReader table = TableReader.open(meta, workshop.context)) {
        assertThat(table.verify().problems()).isEmpty();
      }
    }
  }

  private static void fill(
      TableWriter writer, SplittableRandom random, int keyBytes, int valueBytes, int noise) {
    for (int i = 0; writer.hasRoomFor(keyBytes, valueBytes); i++) {
      byte[] key = Arrays.copyOf(key(random, i, 0), keyBytes);
      TableWorkshop.add(writer, new TestKey(key, 2), value(random, valueBytes, noise));
    }
  }

  private static byte[] key(SplittableRandom random, int number, int moreMax) {
    byte[] key = new byte[8 + (moreMax > 8 ? random.nextInt(moreMax - 7) : 0)];
    for (int i = 0; i < 8; i++) {
      key[i] = (byte) ((long) number * 7 >>> (56 - 8 * i));
    }
    return key;
  }

  private static byte[] value(SplittableRandom random, int length, int noisePercent) {
    byte[] value = new byte[length];
    byte[] noise = new byte[length * noisePercent / 100];
    random.nextBytes(noise);
    System.arraycopy(noise, 0, value, 0, noise.length);
    return value;
  }
}
