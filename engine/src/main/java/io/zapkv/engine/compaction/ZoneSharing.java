package io.zapkv.engine.compaction;

import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.version.Version;
import io.zapkv.engine.zone.Extent;
import java.util.HashMap;
import java.util.Map;

/// Which zones hold more than one table, hence are not freed by dropping one.
final class ZoneSharing {
  private final Map<Integer, Integer> tablesByZone = new HashMap<>();

  ZoneSharing(Version version) {
    for (int level = 0; level < Version.LEVELS; level++) {
      for (TableMeta table : version.tables(level)) {
        for (Extent extent : table.extents()) {
          tablesByZone.merge(extent.zone(), 1, Integer::sum);
        }
      }
    }
  }

  /// Blocks of `table` that stay taken when it is dropped, until their zones' other tables go too.
  long blocksStillHeld(TableMeta table) {
    long blocks = 0;
    for (Extent extent : table.extents()) {
      if (tablesByZone.getOrDefault(extent.zone(), 1) > 1) {
        blocks += extent.blocks();
      }
    }
    return blocks;
  }
}
