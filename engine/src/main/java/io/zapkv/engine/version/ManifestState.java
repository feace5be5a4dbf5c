package io.zapkv.engine.version;

import io.zapkv.api.CorruptionException;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.zone.Extent;
import io.zapkv.engine.zone.ZoneLimits;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// All that the manifest remembers, at one moment.
///
/// @param version the tables
/// @param logFloor every record below this sequence is in a table
/// @param nextTableId table ids below this are taken
/// @param epoch how often the store had been opened for writing
/// @param generations how often each zone had been reset; not to be changed
/// @param givenUp zones that can be written no more, or not even read, and hold no log that is
///   needed
/// @param isClosed whether there is no log
@SuppressWarnings("ArrayRecordComponent") // made once, changed by nobody
record ManifestState(
    Version version,
    long logFloor,
    long nextTableId,
    int epoch,
    int[] generations,
    Set<Integer> givenUp,
    boolean isClosed) {

  /// A store in which nothing has happened.
  static ManifestState empty(int zones) {
    return new ManifestState(Version.empty(), 0, 1, 0, new int[zones], Set.of(), true);
  }

  /// The state after `step`.
  ManifestState apply(JournalStep step) {
    VersionEdit edit = step.edit();
    int[] next = generations.clone();
    for (VersionEdit.Released released : edit.released()) {
      next[released.zone()] = released.generation();
    }
    Set<Integer> gone = new TreeSet<>(givenUp);
    gone.addAll(edit.givenUp());
    return new ManifestState(
        version.apply(edit),
        edit.logFloor() == VersionEdit.UNCHANGED ? logFloor : edit.logFloor(),
        edit.nextTableId() == VersionEdit.UNCHANGED ? nextTableId : edit.nextTableId(),
        step.epoch() == VersionEdit.UNCHANGED ? epoch : (int) step.epoch(),
        next,
        gone,
        edit.isClosed());
  }

  /// As [#apply], for a step read from a device.
  ManifestState applyRead(JournalStep step, String where) {
    for (VersionEdit.Released released : step.edit().released()) {
      if (released.zone() >= generations.length) {
        throw new CorruptionException(
            where, "a zone below " + generations.length, "zone " + released.zone());
      }
    }
    for (int zone : step.edit().givenUp()) {
      if (zone >= generations.length) {
        throw new CorruptionException(
            where, "a zone below " + generations.length, "zone " + zone + " given up");
      }
    }
    try {
      return apply(step);
    } catch (AssertionError contradiction) {
      // The same rules that hold for our own edits; here it is the device that broke one.
      throw new CorruptionException(
          where,
          "a step that follows from the one before",
          String.valueOf(contradiction.getMessage()));
    }
  }

  /// This state when it is found on a device whose zones are as in `reports`: one that was given up
  /// and can be written again may be used again; and where there is no log, none can be gone.
  ManifestState foundWith(List<ZoneReport> reports) {
    Set<Integer> gone = new TreeSet<>();
    for (ZoneReport report : reports) {
      boolean isLost = report.state() == ZoneState.READ_ONLY || report.state() == ZoneState.OFFLINE;
      if (isLost && (isClosed || givenUp.contains(report.zone()))) {
        gone.add(report.zone());
      }
    }
    return new ManifestState(version, logFloor, nextTableId, epoch, generations, gone, isClosed);
  }

  /// This state as the next epoch begins with it. There may be log from now on.
  ManifestState nextEpoch() {
    return new ManifestState(
        version, logFloor, nextTableId, epoch + 1, generations, givenUp, false);
  }

  /// The step that leads here from nothing.
  JournalStep snapshot() {
    List<VersionEdit.Placed> tables = new ArrayList<>();
    for (int level = 0; level < Version.LEVELS; level++) {
      for (TableMeta table : version.tables(level)) {
        tables.add(new VersionEdit.Placed(level, table));
      }
    }
    List<VersionEdit.Released> reset = new ArrayList<>();
    for (int zone = 0; zone < generations.length; zone++) {
      if (generations[zone] != 0) {
        reset.add(new VersionEdit.Released(zone, generations[zone]));
      }
    }
    return new JournalStep(
        new VersionEdit(
            tables,
            List.of(),
            List.of(),
            reset,
            logFloor,
            nextTableId,
            List.copyOf(givenUp),
            isClosed),
        epoch);
  }

  /// Refuses tables that refer to zones as they were before a reset (D19).
  void checkGenerations(String where) {
    for (int level = 0; level < Version.LEVELS; level++) {
      for (TableMeta table : version.tables(level)) {
        for (Extent extent : table.extents()) {
          int zone = extent.zone();
          if (zone < ZoneLimits.METADATA_ZONES
              || extent.blocks() <= 0
              || extent.blocks() > ZoneAddress.ZONE_BLOCKS_MAX) {
            throw new CorruptionException(
                where, "table " + table.id() + " in blocks of a zone for tables", "" + extent);
          }
          if (zone >= generations.length || generations[zone] != extent.generation()) {
            throw new CorruptionException(
                where,
                "table "
                    + table.id()
                    + " in zone "
                    + zone
                    + " of generation "
                    + extent.generation(),
                zone >= generations.length
                    ? "a device of " + generations.length + " zones"
                    : "generation " + generations[zone]);
          }
        }
      }
    }
  }
}
