package io.zapkv.engine.inspect;

import io.zapkv.api.DeviceException;
import io.zapkv.api.UnsupportedException;
import io.zapkv.engine.append.AppendStream;
import io.zapkv.engine.zone.ZoneFailures;
import io.zapkv.engine.zone.ZoneLimits;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZonedDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Copies the zones of one device to another, block by block, to the same addresses.
///
/// An address is a zone and a block in it, and all references of a store are addresses: so the
/// devices have equal zones, and each zone of the target is filled from its start, one append after
/// the other, with nothing else in flight to it. The target still answers where each landed, and
/// that is compared (A4).
///
/// **Threading.** One thread.
///
/// **Memory.** One append.
final class ImageCopy {
  private final ZonedDevice source;
  private final ZonedDevice target;
  private final Geometry geometry;
  private final ZoneQueue reader;
  private final ZoneQueue writer;
  private final MemorySegment buffer;
  private final Answer answer = new Answer();
  private int zones;
  private long copiedBytes;

  private ImageCopy(
      ZonedDevice source,
      ZonedDevice target,
      ZoneQueue reader,
      ZoneQueue writer,
      MemorySegment buffer) {
    this.source = source;
    this.target = target;
    this.reader = reader;
    this.writer = writer;
    this.buffer = buffer;
    geometry = source.geometry();
  }

  /// What was copied.
  ///
  /// @param zones zones that hold something
  /// @param bytes bytes of them
  /// @param offlineZones zones that the source has lost, and the target therefore leaves empty
  record Copied(int zones, long bytes, int offlineZones) {}

  /// Refuses a target whose addresses would mean something else, by the number that differs.
  static void requireEqualZones(ZonedDevice source, String target, Geometry to) {
    Geometry from = source.geometry();
    requireEqual(target, "zones", from.zones(), to.zones());
    requireEqual(target, "bytes in a block", from.blockBytes(), to.blockBytes());
    requireEqual(target, "blocks in a zone", from.zoneCapacityBlocks(), to.zoneCapacityBlocks());
    int chunk = Math.min(from.appendBytesMax(), AppendStream.CHUNK_BYTES_MAX);
    if (to.appendBytesMax() < chunk) {
      throw new UnsupportedException(
          target,
          "at least " + chunk + " bytes in one append, as the source was written with",
          Integer.toString(to.appendBytesMax()),
          "copy to a device with a higher limit",
          null);
    }
    long active = source.report().stream().filter(report -> report.state().isActive()).count();
    if (active > to.activeZonesMax()) {
      throw new UnsupportedException(
          target,
          "at least " + active + " active zones at once, as many as are in use",
          Integer.toString(to.activeZonesMax()),
          "open the store and compact it first, or copy to a device with a higher limit",
          null);
    }
  }

  private static void requireEqual(String target, String what, long from, long to) {
    if (from != to) {
      throw new UnsupportedException(
          target,
          from + " " + what + ", as the source has",
          Long.toString(to),
          "copy to a device with equal zones: a copy keeps every address",
          null);
    }
  }

  /// Copies every zone. The target's zones are empty.
  static Copied run(ZonedDevice source, ZonedDevice target) {
    int bytes = Math.min(source.geometry().appendBytesMax(), target.geometry().appendBytesMax());
    try (ZoneQueue reader = source.openQueue(1);
        ZoneQueue writer = target.openQueue(1)) {
      Arena arena = Arena.ofShared();
      try {
        MemorySegment buffer = arena.allocate(bytes, source.geometry().blockBytes());
        return new ImageCopy(source, target, reader, writer, buffer).copyAll();
      } finally {
        if (!reader.isLost() && !writer.isLost()) {
          arena.close();
        }
      }
    }
  }

  /// Empties every zone that holds something.
  static void empty(ZonedDevice device) {
    try (ZoneQueue queue = device.openQueue(1)) {
      Answer answer = new Answer();
      for (ZoneReport report : device.report()) {
        if (report.state() != ZoneState.EMPTY && report.state() != ZoneState.OFFLINE) {
          queue.manage(ZoneAction.RESET, report.zone(), 0, 0);
          require(device, report.zone(), "a reset", answer.take(queue));
        }
      }
    }
  }

  /// Zones that will be full come first, because each needs an active slot for a while; those that
  /// keep theirs follow. The metadata come last: cut short, this leaves no store, never one that
  /// has lost its tables.
  private Copied copyAll() {
    List<ZoneReport> reports = source.report();
    List<ZoneReport> metadata = reports.subList(0, ZoneLimits.METADATA_ZONES);
    List<ZoneReport> others = reports.subList(ZoneLimits.METADATA_ZONES, reports.size());
    copy(others, true);
    copy(others, false);
    sync();
    copy(metadata, true);
    copy(metadata, false);
    sync();
    long offline = reports.stream().filter(report -> report.state() == ZoneState.OFFLINE).count();
    return new Copied(zones, copiedBytes, (int) offline);
  }

  private void copy(List<ZoneReport> reports, boolean fixed) {
    for (ZoneReport report : reports) {
      boolean isCopied =
          switch (report.state()) {
            case EMPTY, OFFLINE -> false;
            case FULL, READ_ONLY -> fixed;
            case IMPLICITLY_OPEN, EXPLICITLY_OPEN, CLOSED -> !fixed;
          };
      if (isCopied) {
        copyZone(report.zone(), report.writePointerBlocks(), fixed);
      }
    }
  }

  private void sync() {
    writer.sync(ZoneQueue.ALL_ZONES, 0, 0);
    require(target, 0, "a sync", answer.take(writer));
  }

  /// A zone that nobody may write to any more is full on the target; one that may be is closed, so
  /// that it holds no open slot.
  private void copyZone(int zone, long pointerBlocks, boolean isFixed) {
    long limit = isFixed ? geometry.zoneCapacityBlocks() : pointerBlocks;
    long copied = copyBlocks(zone, limit, isFixed);
    if (copied < geometry.zoneCapacityBlocks()) {
      if (isFixed) {
        manage(ZoneAction.FINISH, zone);
      } else if (copied > 0) {
        manage(ZoneAction.CLOSE, zone);
      }
    }
    zones++;
    copiedBytes += copied * geometry.blockBytes();
  }

  /// Where a full zone's data end the device does not report (D16): its last blocks are found by
  /// reading less and less.
  private long copyBlocks(int zone, long limitBlocks, boolean mayEndBefore) {
    long done = 0;
    long piece = buffer.byteSize() / geometry.blockBytes();
    while (done < limitBlocks && piece > 0) {
      long count = Math.min(piece, limitBlocks - done);
      MemorySegment data = buffer.asSlice(0, count * geometry.blockBytes());
      reader.read(ZoneAddress.of(zone, done), data, 0, 0);
      ZoneFailure failure = answer.take(reader);
      if (failure == ZoneFailure.UNWRITTEN && mayEndBefore) {
        piece = count / 2;
        continue;
      }
      require(source, zone, "a read", failure);
      append(zone, done, data);
      done += count;
    }
    return done;
  }

  private void append(int zone, long block, MemorySegment data) {
    writer.append(zone, data, 0, 0);
    require(target, zone, "an append", answer.take(writer));
    if (answer.address != ZoneAddress.of(zone, block)) {
      throw new DeviceException(
          target.name(),
          "an append to land at " + zone + ":" + block + ", the end of its zone",
          ZoneAddress.print(answer.address),
          "see that nobody else uses the device",
          null);
    }
  }

  private void manage(ZoneAction action, int zone) {
    writer.manage(action, zone, 0, 0);
    require(target, zone, "to " + action, answer.take(writer));
  }

  private static void require(
      ZonedDevice device, int zone, String what, @Nullable ZoneFailure failure) {
    if (failure != null) {
      throw ZoneFailures.exception(device.name(), zone, what, failure);
    }
  }

  /// The answer to one operation.
  private static final class Answer implements ZoneHandler {
    private @Nullable ZoneFailure failure;
    private long address;

    @Nullable ZoneFailure take(ZoneQueue queue) {
      failure = null;
      address = ZoneAddress.NONE;
      while (queue.outstanding() > 0) {
        queue.await(this, 1);
      }
      return failure;
    }

    @Override
    public void onDone(long token, int bytes, long its) {
      address = its;
    }

    @Override
    public void onFailed(long token, ZoneFailure its) {
      failure = its;
    }
  }
}
