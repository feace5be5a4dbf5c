package io.zapkv.engine.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.api.Compression;
import io.zapkv.api.StoreOptions;
import io.zapkv.engine.base.SystemEnv;
import io.zapkv.engine.compaction.TableOutput;
import io.zapkv.engine.format.ValueKind;
import io.zapkv.engine.zone.Purpose;
import io.zapkv.engine.zone.ZoneAllocator;
import io.zapkv.engine.zone.ZoneStanding;
import io.zapkv.engine.zone.ZoneUse;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class TableFactoryTest {
  private static final long ZONE_BLOCKS = 2048;
  private static final int VALUE_BYTES = 4000;

  /// The allocator finishes such zones where slots are short, and a finish takes up to half a
  /// second (D20).
  @Test
  void noSharedZoneIsLeftWithTooLittleForAnotherTable() {
    try (ZonedDevice device = ZonedDevices.open("mem:?zones=16&capacity=1MiB&block=512");
        Foundation base =
            Foundation.open(
                device,
                StoreOptions.defaults().withCompression(Compression.NONE),
                new SystemEnv());
        TableFactory factory = base.tableFactory(Purpose.FLUSH)) {
      for (int i = 0; i < 300; i++) {
        write(factory, 1 + i % 3);
        for (ZoneStanding zone : base.allocator.standings()) {
          if (zone.use() == ZoneUse.PARTIAL) {
            assertThat(zone.capacityBlocks() - zone.takenBlocks())
                .isGreaterThanOrEqualTo(ZoneAllocator.scrapBlocks(ZONE_BLOCKS));
          }
        }
      }
    }
  }

  private static void write(TableFactory factory, int entries) {
    TableOutput output = factory.open(0, entries);
    MemorySegment value = MemorySegment.ofArray(new byte[VALUE_BYTES]);
    for (int i = 0; i < entries; i++) {
      MemorySegment key = MemorySegment.ofArray(new byte[] {(byte) i});
      output.add(key, 0, 1, i, ValueKind.PUT, value, 0, VALUE_BYTES);
    }
    output.finish();
  }
}
