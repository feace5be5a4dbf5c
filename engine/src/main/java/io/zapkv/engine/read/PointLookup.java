package io.zapkv.engine.read;

import io.zapkv.engine.memtable.MemTable;
import io.zapkv.engine.table.GetResult;
import io.zapkv.engine.version.SuperVersion;
import io.zapkv.engine.version.Version;
import java.lang.foreign.MemorySegment;

/// Finds the newest version of one key that a sequence sees: first what is in memory, then tables
/// from newest to oldest. The first that knows the key decides.
///
/// **Threading.** The caller is inside the read gate, and stays there while it uses what was found.
public final class PointLookup {
  private PointLookup() {}

  /// Looks a key up in `now`.
  ///
  /// @param hash [io.zapkv.engine.base.Keys#hash] of the key, computed once for all that is asked
  /// @return whether there is a value, which `found` then shows
  public static boolean find(
      SuperVersion now,
      MemorySegment key,
      long offset,
      int length,
      long hash,
      long sequence,
      Lookup found) {
    int answer = now.active().get(key, offset, length, hash, sequence, found.inMemory);
    for (int i = 0; answer == MemTable.NOT_HERE && i < now.sealedCount(); i++) {
      answer = now.sealed(i).get(key, offset, length, hash, sequence, found.inMemory);
    }
    if (answer != MemTable.NOT_HERE) {
      found.showMemory();
      return answer == MemTable.FOUND;
    }
    if (inTables(now, key, offset, length, hash, sequence, found.inTable) != GetResult.FOUND) {
      return false;
    }
    found.showTable();
    return true;
  }

  private static int inTables(
      SuperVersion now,
      MemorySegment key,
      long offset,
      int length,
      long hash,
      long sequence,
      GetResult found) {
    for (int i = 0; i < now.tableCount(0); i++) {
      if (!now.version().counts(i, key, offset, length)) {
        continue;
      }
      int answer = now.reader(0, i).get(key, offset, length, hash, sequence, found);
      if (answer != GetResult.NOT_HERE) {
        return answer;
      }
    }
    for (int level = 1; level < Version.LEVELS; level++) {
      int index = now.version().indexOf(level, key, offset, length);
      if (index >= 0) {
        int answer = now.reader(level, index).get(key, offset, length, hash, sequence, found);
        if (answer != GetResult.NOT_HERE) {
          return answer;
        }
      }
    }
    return GetResult.NOT_HERE;
  }
}
