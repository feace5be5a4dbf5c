package io.zapkv.engine.version;

import io.zapkv.engine.format.SuperblockDescriptor;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.zone.ZoneLedger;
import java.util.List;
import java.util.Set;

/// What opening the manifest found.
///
/// @param version the tables
/// @param logFloor every record below this sequence is in a table
/// @param nextTableId table ids below this are taken
/// @param epoch how often the store has been opened for writing, this time included
/// @param storeId drawn at random when the store was made
/// @param generations how often each zone had been reset, by zone: for the ledger; not to be
///   changed
/// @param givenUp zones that can be written no more, or not even read, and hold no log that is
///   needed
/// @param superblock the device and the format the store was made with
/// @param warnings what was found damaged or unfinished and did no harm, as sentences; empty as a
///   rule
/// @param damage of these, what no crash explains
@SuppressWarnings("ArrayRecordComponent") // made once, changed by nobody
public record Recovered(
    Version version,
    long logFloor,
    long nextTableId,
    int epoch,
    long storeId,
    int[] generations,
    Set<Integer> givenUp,
    SuperblockDescriptor superblock,
    List<String> warnings,
    List<String> damage) {
  /// Keeps copies of the lists.
  public Recovered {
    givenUp = Set.copyOf(givenUp);
    warnings = List.copyOf(warnings);
    damage = List.copyOf(damage);
  }

  /// What lives in which zone.
  public ZoneLedger ledger() {
    ZoneLedger ledger = new ZoneLedger(generations);
    for (int level = 0; level < Version.LEVELS; level++) {
      for (TableMeta table : version.tables(level)) {
        ledger.restore(table.extents());
      }
    }
    return ledger;
  }
}
