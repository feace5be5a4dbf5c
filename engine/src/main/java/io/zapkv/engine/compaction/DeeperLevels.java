package io.zapkv.engine.compaction;

import io.zapkv.engine.base.Keys;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.version.Version;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Tells, for keys asked in ascending order, whether a level below the output may hold older
/// versions.
///
/// **Threading.** One thread.
final class DeeperLevels {
  private final List<List<TableMeta>> levels = new ArrayList<>();
  private final int[] places;

  DeeperLevels(Version version, int outputLevel) {
    for (int level = outputLevel + 1; level < Version.LEVELS; level++) {
      levels.add(version.tables(level));
    }
    places = new int[levels.size()];
  }

  boolean mayHold(MemorySegment key, long keyOffset, int keyLength) {
    for (int i = 0; i < places.length; i++) {
      List<TableMeta> tables = levels.get(i);
      while (places[i] < tables.size()
          && Keys.compare(tables.get(places[i]).largest(), key, keyOffset, keyLength) < 0) {
        places[i]++;
      }
      if (places[i] < tables.size()
          && Keys.compare(tables.get(places[i]).smallest(), key, keyOffset, keyLength) <= 0) {
        return true;
      }
    }
    return false;
  }
}
