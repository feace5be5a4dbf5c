package io.zapkv.engine.version;

import io.zapkv.api.CorruptionException;
import io.zapkv.api.DeviceException;
import io.zapkv.api.NotAStoreException;
import io.zapkv.api.OutOfSpaceException;
import io.zapkv.api.UnsupportedException;
import io.zapkv.engine.append.BlockSource;
import io.zapkv.engine.format.SuperblockDescriptor;
import io.zapkv.engine.version.JournalMerge.Merged;
import io.zapkv.engine.zone.ZoneControl;
import io.zapkv.engine.zone.ZoneLimits;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZonedDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The store's memory of itself: two mirrored journals, in metadata zones 0 and 1, of every edit of
/// the version.
///
/// ```
///   zone 0   superblock │ snapshot … │ edit │ edit │ edit │
///   zone 1   superblock │ snapshot … │ edit │ edit │ edit │
/// ```
///
/// Either zone suffices. Opening for writing begins new journals with the next epoch, which also
/// mends what was damaged; so does a full zone.
///
/// **Threading.** Any thread; one edit at a time. An edit that finds its zone full resets both
/// zones before it returns (D20): only background lanes append edits.
///
/// **Failures.** [CorruptionException] where both zones are damaged; [DeviceException] where one
/// cannot be written, after which the manifest takes no more edits.
public final class Manifest implements AutoCloseable {
  /* One zone lost. When an append to one zone fails, the edit is in the other and the store could go
   * on with that one alone. It does not, for two reasons. An edit that only one zone has is lost with
   * that zone; and the zone left behind still looks whole up to where it stopped, so that, if the
   * good one were lost later, opening would show the older state and nobody would know. To be
   * honest, the failed zone would have to say that it is stale, and it cannot be written. So it is
   * given one chance: reset, and a new journal with everything in it. If that works, both zones are
   * whole again. If it does not, no further edit is accepted (rule 10), while reading goes on, and
   * opening for reading works with one zone.
   *
   * A failed sync gets no such chance: nobody knows what else the device forgot (D21, F16).
   *
   * Opening always begins new journals, rather than going on in the old ones. A writer that was
   * killed may have had appends in flight that land after our report; they carry the old journal's
   * number and are not looked at. And the new epoch, the mending and the short journal come with it.
   */
  private final Recovered recovered;

  /// Null where the manifest was opened for reading.
  private final @Nullable JournalPair journals;

  private final ReentrantLock lock = new ReentrantLock();
  private ManifestState state;
  private @Nullable DeviceException poison;
  private boolean closed;

  private Manifest(Merged merged, @Nullable JournalPair journals) {
    this.journals = journals;
    state = journals == null ? merged.state() : merged.state().nextEpoch();
    recovered =
        new Recovered(
            state.version(),
            state.logFloor(),
            state.nextTableId(),
            state.epoch(),
            merged.storeId(),
            state.generations().clone(),
            state.givenUp(),
            merged.superblock(),
            merged.warnings(),
            merged.damage());
  }

  /// Opens for writing, with new journals from the next epoch on.
  private static Manifest begin(ZonedDevice device, Merged merged, int first) {
    ZoneLimits.check(device.name(), device.geometry());
    JournalPair journals = new JournalPair(device, merged.superblock(), merged.storeId());
    try {
      Manifest manifest = new Manifest(merged, journals);
      if (merged.wholeAlone().get(1 - first) && merged.superblock().journal() > 0) {
        journals.sync(1 - first);
      }
      journals.makeSlots();
      journals.begin(manifest.state, first);
      return manifest;
    } catch (RuntimeException | Error e) {
      journals.close();
      throw e;
    }
  }

  /// Opens the manifest of the store on `device`.
  ///
  /// @param writable whether to begin a new epoch, durable when this returns; otherwise nothing is
  ///   written
  /// @return null where the device is not formatted: nothing is written on it, or a creation was
  ///   cut short
  /// @throws NotAStoreException where it holds something else
  /// @throws UnsupportedException where it was made by a newer release, or is another device than
  ///   it was
  public static @Nullable Manifest open(ZonedDevice device, BlockSource source, boolean writable) {
    return open(device, source, writable, _ -> {});
  }

  /// As above.
  ///
  /// @param check looks at what was found before anything is written, and throws where that must
  ///   not happen
  public static @Nullable Manifest open(
      ZonedDevice device, BlockSource source, boolean writable, Consumer<Recovered> check) {
    List<JournalScan> scans = new ArrayList<>();
    for (int zone = 0; zone < ZoneLimits.METADATA_ZONES; zone++) {
      scans.add(JournalScan.of(source, device.report(zone)));
    }
    scans.forEach(scan -> requireSupported(device, scan.superblock(), writable));
    Merged merged = JournalMerge.merge(device.name(), scans);
    if (merged == null) {
      refuseUnlessUnformatted(device, scans);
      return null;
    }
    merged = merged.foundWith(device.report());
    Manifest found = new Manifest(merged, null);
    check.accept(found.recovered);
    if (!writable) {
      return found;
    }
    // The zone that is not whole first, so that a whole one is there at any moment.
    return begin(device, merged, merged.wholeAlone().get(1) ? 0 : 1);
  }

  /// Makes a store on a device for which [#open] answered null, and opens it for writing.
  ///
  /// @param storeId drawn at random
  public static Manifest create(ZonedDevice device, long storeId) {
    Geometry geometry = device.geometry();
    SuperblockDescriptor none =
        new SuperblockDescriptor(
            0,
            0,
            0,
            1,
            geometry.zones(),
            geometry.blockBytes(),
            geometry.zoneSizeBlocks(),
            geometry.zoneCapacityBlocks(),
            SuperblockDescriptor.UNSIGNED_BYTES);
    Merged nothing =
        new Merged(
            none,
            storeId,
            ManifestState.empty(geometry.zones()),
            List.of(true, true),
            List.of(),
            List.of());
    return begin(device, nothing.foundWith(device.report()), 0);
  }

  /// Resets every zone of a device that has been written: all it holds is lost, whoever wrote it.
  public static void erase(ZonedDevice device) {
    try (ZoneControl control = new ZoneControl(device)) {
      for (ZoneReport report : device.report()) {
        boolean lost = report.state() == ZoneState.READ_ONLY || report.state() == ZoneState.OFFLINE;
        if (report.state() != ZoneState.EMPTY && !lost) {
          JournalPair.reset(device, control, report.zone());
        }
      }
    }
  }

  private static void requireSupported(
      ZonedDevice device, @Nullable SuperblockDescriptor found, boolean writable) {
    if (found == null) {
      return;
    }
    long unknown = found.incompatibleFeatures() & ~SuperblockDescriptor.INCOMPATIBLE_KNOWN;
    if (writable) {
      unknown |= found.readOnlyFeatures() & ~SuperblockDescriptor.READ_ONLY_KNOWN;
    }
    requireSame(device, "features this release knows", 0, unknown);
    Geometry geometry = device.geometry();
    requireSame(device, "zones", found.zones(), geometry.zones());
    requireSame(device, "bytes a block", found.blockBytes(), geometry.blockBytes());
    requireSame(device, "blocks a zone", found.zoneSizeBlocks(), geometry.zoneSizeBlocks());
    requireSame(
        device,
        "writable blocks a zone",
        found.zoneCapacityBlocks(),
        geometry.zoneCapacityBlocks());
    if (!found.comparator().equals(SuperblockDescriptor.UNSIGNED_BYTES)) {
      throw unsupported(
          device, "keys ordered as " + SuperblockDescriptor.UNSIGNED_BYTES, found.comparator());
    }
  }

  private static void requireSame(ZonedDevice device, String what, long stored, long found) {
    if (stored != found) {
      throw unsupported(device, stored + " (" + what + ", as the store was made)", "" + found);
    }
  }

  private static UnsupportedException unsupported(ZonedDevice device, String expected, String got) {
    return new UnsupportedException(
        device.name(),
        expected,
        got,
        "open the device as it was when the store was made, with the release that made it",
        null);
  }

  /// No journal is whole. That is well where nobody has put anything on the device yet.
  private static void refuseUnlessUnformatted(ZonedDevice device, List<JournalScan> scans) {
    for (JournalScan scan : scans) {
      DeviceException failure = scan.failure();
      if (failure != null) {
        throw failure;
      }
    }
    int written = -1;
    for (ZoneReport report : device.report()) {
      if (report.zone() >= ZoneLimits.METADATA_ZONES && report.state() != ZoneState.EMPTY) {
        written = report.zone();
        break;
      }
    }
    boolean cutShort = true; // a creation whose first journal never got its snapshot
    boolean ours = false;
    for (JournalScan scan : scans) {
      cutShort &= scan.isEmpty() || (scan.isOf(1) && scan.parts().isEmpty());
      ours |= scan.chunks() > 0;
    }
    if (cutShort && written < 0) {
      return;
    }
    if (ours) {
      throw new CorruptionException(
          device.name() + ": metadata zones 0 and 1",
          "a whole journal in one of them",
          scans.get(0) + "; " + scans.get(1));
    }
    throw new NotAStoreException(
        device.name(),
        "a superblock in zone 0 or 1",
        written < 0 ? "other data there" : "data in zone " + written + " and no superblock",
        null);
  }

  /// What opening found.
  public Recovered recovered() {
    return recovered;
  }

  /// The tables after the last edit.
  public Version version() {
    lock.lock();
    try {
      return state.version();
    } finally {
      lock.unlock();
    }
  }

  /// Makes one step: durable in both zones when this returns (D22).
  ///
  /// @return the version after it
  /// @throws DeviceException where it is not durable; the manifest then takes no more edits, and
  ///   what reopening shows is the state before or after it. So it is with any other failure
  /// @throws OutOfSpaceException where the metadata has outgrown its zones; nothing was changed
  public Version append(VersionEdit edit) {
    lock.lock();
    try {
      JournalPair pair = requireWritable();
      JournalStep step = new JournalStep(edit, VersionEdit.UNCHANGED);
      ManifestState next = state.apply(step);
      try {
        pair.append(EditWriter.encode(step), next);
      } catch (OutOfSpaceException e) {
        throw e; // nothing was changed
      } catch (DeviceException e) {
        poison = e;
        throw e;
      } catch (RuntimeException | Error e) { // one zone may have it by now, too (F26)
        poison =
            new DeviceException(
                "the manifest",
                "a step to be in both zones",
                e.toString(),
                "close the store and open it again: what reopening shows is before it or after it",
                e);
        throw e;
      }
      state = next;
      return state.version();
    } finally {
      lock.unlock();
    }
  }

  private JournalPair requireWritable() {
    JournalPair pair = journals;
    if (pair == null || closed) {
      throw new AssertionError("an edit of a manifest that is not open for writing");
    }
    if (poison != null) {
      throw new DeviceException(
          poison.where(), poison.expected(), poison.got(), poison.advice(), poison);
    }
    return pair;
  }

  /// Closes the queues; every edit is durable already. Idempotent.
  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed && journals != null) {
        journals.close();
      }
      closed = true;
    } finally {
      lock.unlock();
    }
  }
}
