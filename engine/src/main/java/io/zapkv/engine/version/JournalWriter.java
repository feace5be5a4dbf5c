package io.zapkv.engine.version;

import io.zapkv.api.DeviceException;
import io.zapkv.engine.append.AppendStream;
import io.zapkv.engine.append.ChunkBuffer;
import io.zapkv.engine.append.ChunkStamp;
import io.zapkv.engine.append.ZoneSource;
import io.zapkv.engine.format.EditDescriptor;
import io.zapkv.engine.format.Envelope;
import io.zapkv.engine.format.EnvelopeKind;
import io.zapkv.engine.format.Layouts;
import io.zapkv.engine.format.SuperblockDescriptor;
import io.zapkv.engine.zone.ZoneLease;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZonedDevice;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Writes one metadata zone: a superblock and a snapshot to begin with, then edits.
///
/// A journal has no other zone to go to: what fails here fails.
///
/// **Threading.** Guarded by the manifest's lock.
final class JournalWriter implements AutoCloseable {
  private static final int CHUNK_BYTES_MAX = 64 << 10;
  private static final int IN_FLIGHT_MAX = 4;

  private final AppendStream stream;
  private final ZoneLease lease;

  private JournalWriter(AppendStream stream, ZoneLease lease) {
    this.stream = stream;
    this.lease = lease;
  }

  /// Blocks a full chunk of a journal takes on `device`.
  static long chunkBlocks(ZonedDevice device) {
    int chunkBytes = Math.min(CHUNK_BYTES_MAX, device.geometry().appendBytesMax());
    return chunkBytes / device.geometry().blockBytes();
  }

  /// Chunks a step of `bytes` bytes takes on `device`.
  static int partsOf(ZonedDevice device, int bytes) {
    long chunkBytes = chunkBlocks(device) * device.geometry().blockBytes();
    return partsOf(bytes, chunkBytes - Envelope.BYTES - EditDescriptor.HEADER_BYTES);
  }

  private static int partsOf(int bytes, long partBytesMax) {
    return (int) Math.max(1, Math.ceilDiv((long) bytes, partBytesMax));
  }

  /// Begins journal `superblock.journal()` in an empty zone: everything is durable when this
  /// returns.
  static JournalWriter begin(
      ZonedDevice device,
      ZoneReport zone,
      SuperblockDescriptor superblock,
      long storeId,
      int epoch,
      byte[] snapshot) {
    ZoneLease lease =
        ZoneLease.ofMetadata(zone.zone(), superblock.journal(), 0, zone.capacityBlocks());
    AppendStream stream =
        new AppendStream(
            device,
            new OneZone(device.name(), lease),
            new ChunkStamp(storeId, epoch, 0),
            CHUNK_BYTES_MAX,
            IN_FLIGHT_MAX);
    JournalWriter writer = new JournalWriter(stream, lease);
    try {
      ChunkBuffer chunk = stream.buffer();
      int head = stream.submit(chunk, EnvelopeKind.SUPERBLOCK, superblock.write(chunk.payload()));
      stream.drain(); // so that it is the first thing in the zone, see JournalScan
      requireFirst(device, stream.address(head));
      writer.submit(EnvelopeKind.MANIFEST_SNAPSHOT, snapshot);
      stream.drain();
      stream.sync();
      return writer;
    } catch (RuntimeException | Error e) {
      writer.close();
      throw e;
    }
  }

  /// Without a superblock at its start a zone is no journal, however well the rest of it landed.
  /// The other zone must not be reset then: it has the only one.
  private static void requireFirst(ZonedDevice device, long address) {
    if (ZoneAddress.block(address) != 0) {
      throw new DeviceException(
          device.name() + ": metadata zone " + ZoneAddress.zone(address),
          "the superblock to be the first block of a zone just reset",
          ZoneAddress.print(address),
          "something else writes to this device: end it, and open the store again",
          null);
    }
  }

  /// Whether a step of `bytes` bytes fits into the rest of the zone.
  boolean hasRoomFor(int bytes) {
    int room = stream.payloadBytesMax() - EditDescriptor.HEADER_BYTES;
    int parts = partsOf(bytes, room);
    int last = bytes - (parts - 1) * room + EditDescriptor.HEADER_BYTES;
    long blocks =
        stream.chunkBlocks(stream.payloadBytesMax()) * (parts - 1) + stream.chunkBlocks(last);
    return blocks <= lease.remainingBlocks();
  }

  /// Sends an edit; [#land] waits for it.
  void submit(byte[] edit) {
    submit(EnvelopeKind.MANIFEST_EDIT, edit);
  }

  private void submit(EnvelopeKind kind, byte[] step) {
    int room = stream.payloadBytesMax() - EditDescriptor.HEADER_BYTES;
    int parts = partsOf(step.length, room);
    for (int part = 0; part < parts; part++) {
      int from = part * room;
      int length = Math.min(room, step.length - from);
      ChunkBuffer chunk = stream.buffer();
      MemorySegment payload = chunk.payload();
      EditDescriptor.writeHeader(payload, part, parts, step.length);
      MemorySegment.copy(step, from, payload, Layouts.U8, EditDescriptor.HEADER_BYTES, length);
      stream.submit(chunk, kind, EditDescriptor.HEADER_BYTES + length);
    }
  }

  /// Waits until what was sent has landed.
  void land() {
    stream.drain();
  }

  void startSync() {
    stream.startSync();
  }

  void finishSync() {
    stream.finishSync();
  }

  @Override
  public void close() {
    stream.close();
  }

  /// The zone of a journal, once.
  private static final class OneZone implements ZoneSource {
    private final String device;
    private @Nullable ZoneLease lease;
    private final int zone;

    OneZone(String device, ZoneLease lease) {
      this.device = device;
      this.lease = lease;
      zone = lease.zone();
    }

    @Override
    public ZoneLease lease(long blocks) {
      ZoneLease only = lease;
      if (only == null) {
        throw new DeviceException(
            device + ": metadata zone " + zone,
            "an append of the journal to succeed",
            "a zone that takes no more",
            "the journal is begun anew where the zone still can be reset",
            null);
      }
      lease = null;
      return only;
    }
  }
}
