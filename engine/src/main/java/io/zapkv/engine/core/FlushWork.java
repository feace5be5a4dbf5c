package io.zapkv.engine.core;

import io.zapkv.api.OutOfSpaceException;
import io.zapkv.engine.compaction.FlushMerge;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.memtable.MemTable;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.version.VersionEdit;
import io.zapkv.engine.version.VersionSet;
import io.zapkv.engine.write.MemTables;
import io.zapkv.engine.write.SnapshotList;
import io.zapkv.engine.zone.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Writes the oldest sealed memtable to a table of level 0: the job of the flush lane.
final class FlushWork implements Lane.Job {
  private static final long[] NO_SNAPSHOTS = {};

  private final MemTables memTables;
  private final VersionSet versions;
  private final SnapshotList snapshots;
  private final TableFactory outputs;
  private final FlushMerge merge;
  private final FlushRate rate;
  private final BackgroundCounts counts;
  private final RoomGuard room;
  private final RoomGuard reserve;
  private final BooleanSupplier isLastResort;
  private final Runnable starved;
  private final Runnable flushed;
  private volatile boolean isStarved;

  /// @param room keeps it from trying in vain
  /// @param reserve the same, for flushes into the reserve
  /// @param starved told when a memtable finds no room
  /// @param isLastResort whether no merge makes room any more
  /// @param flushed told after each flush
  FlushWork(
      MemTables memTables,
      VersionSet versions,
      SnapshotList snapshots,
      TableFactory outputs,
      FlushRate rate,
      BackgroundCounts counts,
      RoomGuard room,
      RoomGuard reserve,
      BooleanSupplier isLastResort,
      Runnable starved,
      Runnable flushed) {
    this.memTables = memTables;
    this.versions = versions;
    this.snapshots = snapshots;
    this.outputs = outputs;
    this.merge = outputs.flushMerge();
    this.rate = rate;
    this.counts = counts;
    this.room = room;
    this.reserve = reserve;
    this.isLastResort = isLastResort;
    this.starved = starved;
    this.flushed = flushed;
  }

  @Override
  public boolean doSome() {
    MemTable oldest = memTables.oldestSealed();
    if (oldest == null) {
      return false;
    }
    try {
      room.run(oldest, () -> flush(oldest));
    } catch (OutOfSpaceException e) {
      if (!isStarved) {
        isStarved = true;
        starved.run();
      }
      if (!isLastResort.getAsBoolean()) {
        throw e;
      }
      reserve.run(oldest, () -> flushIntoReserve(oldest));
    }
    isStarved = false;
    flushed.run();
    return true;
  }

  /// Whether the oldest memtable has found no room yet.
  boolean isStarved() {
    return isStarved;
  }

  /// Takes the zones that are kept for merges: for when there is none to be made before this flush.
  private void flushIntoReserve(MemTable table) {
    outputs.setPurpose(Purpose.COMPACTION);
    try {
      flush(table);
    } finally {
      outputs.setPurpose(Purpose.FLUSH);
    }
  }

  private void flush(MemTable table) {
    rate.begin(table.approximateBytes());
    VersionEdit edit = write(table, snapshots.sorted());
    long bytes = table.approximateBytes();
    BackgroundCounts.Flushed before = counts.flushed(table.contents(), table.endSequence());
    boolean committed = false;
    try {
      outputs.commit(edit, () -> versions.commit(edit, table));
      committed = true;
    } finally {
      if (!committed) {
        counts.notFlushed(before);
      }
    }
    rate.end();
    rate.wrote(bytes, edit);
  }

  /// Writes `table`, the oldest that is left, when the store is being closed: nobody reads or
  /// writes any more.
  void flushLast(MemTable table) {
    VersionEdit edit = write(table, NO_SNAPSHOTS);
    outputs.commit(edit, () -> versions.commitLast(edit));
  }

  private VersionEdit write(MemTable table, long[] readAt) {
    List<VersionEdit.Placed> added = new ArrayList<>();
    try (InternalCursor entries = table.cursor(Trailer.SEQUENCE_MAX)) {
      for (TableMeta made : merge.run(entries, table.approximateBytes(), readAt)) {
        added.add(new VersionEdit.Placed(0, made));
      }
    }
    return new VersionEdit(added, List.of(), List.of(), table.endSequence(), outputs.nextTableId());
  }
}
