package io.zapkv.engine.core;

import io.zapkv.api.OutOfSpaceException;
import io.zapkv.engine.append.AppendStream;
import io.zapkv.engine.append.ChunkStamp;
import io.zapkv.engine.compaction.FlushMerge;
import io.zapkv.engine.compaction.TableOutput;
import io.zapkv.engine.compaction.TableOutputs;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.table.TableOptions;
import io.zapkv.engine.table.TableWriter;
import io.zapkv.engine.version.Version;
import io.zapkv.engine.version.VersionEdit;
import io.zapkv.engine.zone.Lifetime;
import io.zapkv.engine.zone.Purpose;
import io.zapkv.engine.zone.ZoneAllocator;
import io.zapkv.engine.zone.ZoneLease;
import io.zapkv.engine.zone.ZoneLedger;
import io.zapkv.zns.ZonedDevice;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/// Makes new tables for one lane: gives them ids, zones, and a stream that the lane keeps.
///
/// A table that is expected to fill a zone gets an empty one and is cut to fit it; any other shares
/// zones. What is left of a zone when it is not worth another table is padded, so that the zone
/// becomes full by itself (D20). On a full device all tables share zones: padding would take what a
/// merge has freed.
///
/// **Threading.** One lane; ids may be asked for by anyone.
final class TableFactory implements TableOutputs, AutoCloseable {
  /// Enough to keep a device busy while blocks are cut and compressed.
  private static final int IN_FLIGHT_MAX = 8;

  /// The only keyspace there is yet.
  private static final int KEYSPACE = 0;

  private final String device;
  private final AppendStream stream;
  private final ZoneAllocator allocator;
  private final ZoneLedger ledger;
  private final TableOptions options;
  private final AtomicLong nextTableId;
  private final long zoneBlocks;
  private final int blockBytes;
  private final SealedZones sealed;
  private Lifetime lifetime = Lifetime.SHARED;
  private Purpose purpose;
  private long takenBlocks;

  /// @param nextTableId ids below are taken; shared by the lanes
  TableFactory(
      ZonedDevice device,
      ZoneAllocator allocator,
      ZoneLedger ledger,
      Purpose purpose,
      TableOptions options,
      ChunkStamp stamp,
      AtomicLong nextTableId,
      SealedZones sealed) {
    this.device = device.name();
    this.allocator = allocator;
    this.ledger = ledger;
    this.purpose = purpose;
    this.options = options;
    this.nextTableId = nextTableId;
    this.zoneBlocks = device.geometry().zoneCapacityBlocks();
    this.blockBytes = device.geometry().blockBytes();
    this.sealed = sealed;
    this.stream =
        new AppendStream(
            device,
            blocks -> {
              ZoneLease lease = allocator.lease(lifetime, blocks, this.purpose);
              takenBlocks += lease.remainingBlocks();
              return lease;
            },
            stamp,
            options.chunkBytes(),
            IN_FLIGHT_MAX);
  }

  @Override
  public TableOutput open(int level, long expectedBlocks) {
    boolean isTight = allocator.spareZones() <= 0;
    boolean fills = expectedBlocks >= zoneBlocks && !isTight;
    lifetime = fills ? Lifetime.ZONE : Lifetime.ofLevel(level, Version.LEVELS);
    long id = nextTableId.getAndIncrement();
    if (fills) {
      TableWriter writer = TableWriter.fillingZone(options, stream, id, KEYSPACE);
      return new Output(writer, Room.ZONE);
    }
    if (isTight) {
      long want = ZoneAllocator.tableBlocksMin(zoneBlocks);
      TableWriter writer = TableWriter.insideZone(options, stream, id, KEYSPACE, want);
      return new Output(writer, Room.REST_OF_ZONE);
    }
    return new Output(TableWriter.sharingZones(options, stream, id, KEYSPACE), Room.ANY);
  }

  /// What a table may take.
  private enum Room {
    /// An empty zone, all of it.
    ZONE,
    /// What is left of a shared zone, and no other: on a full device, where a zone is emptied by
    /// writing its tables anew, these must not drag in others.
    REST_OF_ZONE,
    /// About a zone's worth, in as many shared zones as it meets.
    ANY
  }

  /// The device's name.
  String device() {
    return device;
  }

  /// A flush that writes here.
  FlushMerge flushMerge() {
    return new FlushMerge(this, blockBytes);
  }

  /// What a block of the device holds.
  int blockBytes() {
    return blockBytes;
  }

  /// Takes zones for another purpose from now on.
  void setPurpose(Purpose purpose) {
    this.purpose = purpose;
  }

  /// Blocks of all zones, or of what was left of them, that were leased up to now.
  long takenBlocks() {
    return takenBlocks;
  }

  /// The id the next table gets: all below are taken.
  long nextTableId() {
    return nextTableId.get();
  }

  /// Runs `commit`, which journals the tables that `edit` adds. Where the metadata has no room for
  /// that, nothing has changed, and the tables are given up.
  void commit(VersionEdit edit, Runnable commit) {
    try {
      commit.run();
    } catch (OutOfSpaceException e) {
      edit.added().forEach(placed -> discard(placed.table()));
      throw e;
    }
  }

  @Override
  public void discard(TableMeta table) {
    ledger.drop(table.extents());
  }

  @Override
  public void close() {
    stream.close();
  }

  private final class Output implements TableOutput {
    private final TableWriter writer;
    private final Room room;

    Output(TableWriter writer, Room room) {
      this.writer = writer;
      this.room = room;
    }

    @Override
    public boolean hasRoomFor(int keyLength, int valueLength) {
      return room == Room.ANY
          ? writer.sentBlocks() < zoneBlocks // a tail that came out longer than expected
          : writer.hasRoomFor(keyLength, valueLength);
    }

    @Override
    public void add(
        MemorySegment key,
        long keyOffset,
        int keyLength,
        long sequence,
        int kind,
        MemorySegment value,
        long valueOffset,
        int valueLength) {
      writer.add(key, keyOffset, keyLength, sequence, kind, value, valueOffset, valueLength);
    }

    @Override
    public TableMeta finish() {
      TableMeta table = writer.finish();
      boolean fills = room == Room.ZONE;
      long padding = fills ? writer.paddingBlocks() : scrapBlocks();
      if (padding > 0) {
        stream.pad();
        if (fills) {
          sealed.add(zoneBlocks, zoneBlocks - padding);
        }
      }
      stream.sync(); // D21: before the manifest names the table
      stream.rest();
      return table;
    }

    /// What is left of a shared zone, where it is too little for another table: filled up, the zone
    /// gives its slot back, and nobody has to finish it.
    private long scrapBlocks() {
      long left = stream.leftBlocks();
      return left < ZoneAllocator.scrapBlocks(zoneBlocks) ? left : 0;
    }

    @Override
    public void abandon() {
      writer.abandon();
      stream.abandon();
    }
  }
}
