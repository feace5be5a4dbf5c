package io.zapkv.engine.version;

import io.zapkv.api.DeviceException;
import io.zapkv.api.OutOfSpaceException;
import io.zapkv.engine.format.SuperblockDescriptor;
import io.zapkv.engine.zone.ZoneControl;
import io.zapkv.engine.zone.ZoneFailures;
import io.zapkv.engine.zone.ZoneLimits;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZonedDevice;
import org.jspecify.annotations.Nullable;

/// The two journals as one to write: what is in, is in both and durable.
///
/// **Threading.** Guarded by the manifest's lock.
///
/// **Failures.** After a [DeviceException] nothing more may be written: the journals may differ.
final class JournalPair implements AutoCloseable {
  private final ZonedDevice device;
  private final long storeId;
  private final ZoneControl control;
  private final @Nullable JournalWriter[] writers = new JournalWriter[ZoneLimits.METADATA_ZONES];
  private SuperblockDescriptor superblock;

  /// Journals that will follow the one of `superblock`; nothing is written before [#begin].
  JournalPair(ZonedDevice device, SuperblockDescriptor superblock, long storeId) {
    this.device = device;
    this.superblock = superblock;
    this.storeId = storeId;
    control = new ZoneControl(device);
  }

  /// Begins new journals with all of `state`, in zone `first` and then in the other one: at any
  /// moment one of them is whole.
  ///
  /// @throws OutOfSpaceException where a zone is too small for it; nothing was changed
  /// @throws DeviceException also where a zone is known to be read-only or gone; nothing was
  ///   changed
  void begin(ManifestState state, int first) {
    byte[] snapshot = EditWriter.encode(state.snapshot());
    int chunks = JournalWriter.partsOf(device, snapshot.length);
    requireRoom(chunks);
    for (int zone = 0; zone < writers.length; zone++) {
      requireWritable(zone, null);
    }
    superblock = superblock.next(superblock.journal() + 1, chunks);
    for (int zone : new int[] {first, 1 - first}) {
      JournalWriter old = writers[zone];
      if (old != null) {
        writers[zone] = null;
        old.close();
      }
      ZoneReport report = device.report(zone);
      if (report.state() != ZoneState.EMPTY) {
        report = resetJournal(zone);
      }
      writers[zone] =
          JournalWriter.begin(device, report, superblock, storeId, state.epoch(), snapshot);
    }
  }

  private ZoneReport resetJournal(int zone) {
    try {
      return reset(device, control, zone);
    } catch (DeviceException e) {
      requireWritable(zone, e); // some devices know only from now on
      throw e;
    }
  }

  /// A zone that takes no more for ever ends writing, but what it says of that zone alone would not
  /// help: all that was acknowledged is in the other one (F7, F8).
  private void requireWritable(int zone, @Nullable DeviceException cause) {
    ZoneState state = device.report(zone).state();
    if (state == ZoneState.READ_ONLY || state == ZoneState.OFFLINE) {
      throw new DeviceException(
          device.name() + ": zone " + zone,
          "a metadata zone that can be written",
          state.name(),
          "copy the store to another device: nothing that was written is lost, the other metadata"
              + " zone has all of it, but this device takes no more writes",
          cause);
    }
  }

  /// Makes the journal that was found in a zone survive a power cut, before the other one is reset:
  /// it may have been read from a device's cache, if the process that wrote it was killed before
  /// its sync.
  void sync(int zone) {
    ZoneFailure failure = control.sync(zone);
    if (failure != null) {
      requireWritable(zone, null);
      throw ZoneFailures.exception(device.name(), zone, "a sync", failure);
    }
  }

  /// Sees that both journals find a slot, before anybody else writes: a device that was powered
  /// down may hold more closed zones than there were, of resets that it lost (F14, D16). They are
  /// finished; what they hold can be read as before.
  void makeSlots() {
    int most = device.geometry().activeZonesMax() - ZoneLimits.METADATA_ZONES;
    int active = 0;
    for (ZoneReport report : device.report()) {
      boolean isOurs = report.zone() < ZoneLimits.METADATA_ZONES;
      if (!isOurs && report.state().isActive() && ++active > most) {
        ZoneFailure failure = control.run(ZoneAction.FINISH, report.zone());
        if (failure != null) {
          throw ZoneFailures.exception(device.name(), report.zone(), "a finish", failure);
        }
      }
    }
  }

  /// A snapshot may fill half a zone: with less room for edits, zones would be reset all the time.
  private void requireRoom(int snapshotChunks) {
    long most = device.geometry().zoneCapacityBlocks() / 2;
    long chunkBlocks = JournalWriter.chunkBlocks(device);
    if (chunkBlocks * snapshotChunks > Math.max(chunkBlocks, most)) {
      throw new OutOfSpaceException(
          device.name() + ": metadata zones",
          "a snapshot of at most half a zone, " + most + " blocks",
          chunkBlocks * snapshotChunks + " blocks: too many tables for zones of this size");
    }
  }

  /// Resets a zone and reports it anew.
  static ZoneReport reset(ZonedDevice device, ZoneControl control, int zone) {
    ZoneFailure failure = control.run(ZoneAction.RESET, zone);
    if (failure != null) {
      throw ZoneFailures.exception(device.name(), zone, "a reset", failure);
    }
    return device.report(zone);
  }

  /// Makes `edit`, which leads to `next`, durable in both zones: by appending it, or by beginning
  /// new journals where one is full or has failed.
  void append(byte[] edit, ManifestState next) {
    if (!writer(0).hasRoomFor(edit.length) || !writer(1).hasRoomFor(edit.length)) {
      begin(next, 0);
      return;
    }
    DeviceException first = trySubmit(writer(0), edit);
    DeviceException second = trySubmit(writer(1), edit);
    first = first == null ? tryLand(writer(0)) : first;
    second = second == null ? tryLand(writer(1)) : second;
    if (first == null && second == null) {
      sync();
    } else if (first == null) {
      beginAfter(second, next, 1);
    } else {
      beginAfter(first, next, 0);
    }
  }

  private void sync() {
    writer(0).startSync();
    writer(1).startSync();
    writer(0).finishSync();
    writer(1).finishSync();
  }

  private void beginAfter(@Nullable DeviceException failure, ManifestState next, int failedZone) {
    try {
      begin(next, failedZone);
    } catch (OutOfSpaceException e) {
      if (failure != null) {
        failure.addSuppressed(e);
        throw failure;
      }
      throw e;
    }
  }

  private static @Nullable DeviceException trySubmit(JournalWriter writer, byte[] edit) {
    try {
      writer.submit(edit);
      return null;
    } catch (DeviceException e) {
      return e;
    }
  }

  private static @Nullable DeviceException tryLand(JournalWriter writer) {
    try {
      writer.land();
      return null;
    } catch (DeviceException e) {
      return e;
    }
  }

  private JournalWriter writer(int zone) {
    JournalWriter writer = writers[zone];
    if (writer == null) {
      throw new AssertionError("a journal without a writer");
    }
    return writer;
  }

  @Override
  public void close() {
    for (JournalWriter writer : writers) {
      if (writer != null) {
        writer.close();
      }
    }
    control.close();
  }
}
