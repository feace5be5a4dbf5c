package io.zapkv.engine.version;

import io.zapkv.api.CorruptionException;
import io.zapkv.api.DeviceException;
import io.zapkv.api.UnsupportedException;
import io.zapkv.engine.append.BlockSource;
import io.zapkv.engine.append.ChunkWalker;
import io.zapkv.engine.format.EditDescriptor;
import io.zapkv.engine.format.Envelope;
import io.zapkv.engine.format.EnvelopeKind;
import io.zapkv.engine.format.Layouts;
import io.zapkv.engine.format.SuperblockDescriptor;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import java.lang.foreign.MemorySegment;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What one metadata zone holds, as far as it is whole.
///
/// The superblock is the zone's first chunk: it lands before anything else is sent. What follows
/// may lie in any order (A4); ordinals say what comes after what. Chunks of another journal do not
/// count: a dead writer still had them in flight, or a power cut uncovered them (F14).
final class JournalScan {
  private final ZoneReport report;
  private final NavigableMap<Integer, MemorySegment> parts = new TreeMap<>();
  private @Nullable SuperblockDescriptor superblock;
  private @Nullable Envelope head;
  private @Nullable DeviceException failure;
  private long chunks;
  private long badBlocks;
  private boolean blank;

  private JournalScan(ZoneReport report) {
    this.report = report;
  }

  /// Reads the zone of `report`, from the start to where it was written.
  ///
  /// @throws UnsupportedException where a newer release wrote it
  /// @throws CorruptionException where two stores wrote it
  static JournalScan of(BlockSource source, ZoneReport report) {
    JournalScan scan = new JournalScan(report);
    if (report.state() != ZoneState.OFFLINE && report.state() != ZoneState.EMPTY) {
      try (ChunkWalker walker = new ChunkWalker(source, report.zone(), scan.endBlock())) {
        while (walker.next()) {
          scan.take(source, walker);
        }
        requireKnown(source, walker.versionSeen());
        scan.badBlocks = walker.badBlocks();
        scan.blank = scan.chunks == 0 && isBlank(source, report.zone(), scan.endBlock());
      } catch (DeviceException e) {
        scan.failure = e; // the other zone may have it all (F8)
      }
    }
    return scan;
  }

  /// Whether the first blocks of a zone hold nothing but zeros; a block that cannot be read may
  /// have held something.
  private static boolean isBlank(BlockSource source, int zone, long blocks) {
    try {
      return holdsZerosOnly(source, zone, blocks);
    } catch (CorruptionException _) {
      return false;
    }
  }

  private static boolean holdsZerosOnly(BlockSource source, int zone, long blocks) {
    int blockBytes = source.device().geometry().blockBytes();
    MemorySegment block = MemorySegment.ofArray(new byte[blockBytes]);
    MemorySegment zeros = MemorySegment.ofArray(new byte[blockBytes]);
    for (long at = 0; at < blocks; at++) {
      source.read(ZoneAddress.of(zone, at), 0, block);
      if (block.mismatch(zeros) >= 0) {
        return false;
      }
    }
    return true;
  }

  /// The pointer means nothing for a zone that is not active (D16): search it all then. Where
  /// nothing was written there is no chunk of this journal.
  private long endBlock() {
    return report.state().isActive() ? report.writePointerBlocks() : report.capacityBlocks();
  }

  private void take(BlockSource source, ChunkWalker walker) {
    Envelope envelope = walker.envelope();
    chunks++;
    if (ZoneAddress.block(walker.address()) == 0) {
      takeHead(envelope, walker.payload());
    }
    Envelope first = head;
    if (first == null || envelope.generation() != first.generation()) {
      return;
    }
    if (envelope.storeId() != first.storeId()) {
      if (!report.state().isActive()) {
        return; // what was written before a store was made here, and is not the zone's any more
      }
      throw new CorruptionException(
          source.device().name() + ": " + ZoneAddress.print(walker.address()),
          "a chunk of store " + Long.toHexString(first.storeId()),
          "one of store " + Long.toHexString(envelope.storeId()));
    }
    if (envelope.kind() == EnvelopeKind.MANIFEST_SNAPSHOT
        || envelope.kind() == EnvelopeKind.MANIFEST_EDIT) {
      MemorySegment payload = MemorySegment.ofArray(walker.payload().toArray(Layouts.U8));
      if (EditDescriptor.isPart(payload)) {
        parts.put(envelope.ordinal(), payload);
      }
    }
  }

  private void takeHead(Envelope envelope, MemorySegment payload) {
    SuperblockDescriptor found =
        envelope.kind() == EnvelopeKind.SUPERBLOCK ? SuperblockDescriptor.read(payload) : null;
    if (found != null && found.journal() == envelope.generation()) {
      head = envelope;
      superblock = found;
    }
  }

  private static void requireKnown(BlockSource source, int version) {
    if (version > Envelope.VERSION) {
      throw new UnsupportedException(
          source.device().name(),
          "format version " + Envelope.VERSION + " or older",
          "version " + version,
          "open it with the release that wrote it, or a newer one",
          null);
    }
  }

  int zone() {
    return report.zone();
  }

  /// Whether nothing is in it: never written, or its blocks were lost with the power before a sync.
  boolean isEmpty() {
    return report.state() == ZoneState.EMPTY || blank;
  }

  /// Whether it belongs to journal `number`.
  boolean isOf(int number) {
    return superblock != null && superblock.journal() == number;
  }

  @Nullable SuperblockDescriptor superblock() {
    return superblock;
  }

  /// The store that wrote the superblock; 0 where there is none.
  long storeId() {
    return head == null ? 0 : head.storeId();
  }

  /// Why the zone could not be read to its end; null where it could.
  @Nullable DeviceException failure() {
    return failure;
  }

  /// Whole chunks, of whatever kind, store and journal.
  long chunks() {
    return chunks;
  }

  /// Blocks below the write pointer that no whole chunk covers; 0 where the pointer is not known.
  long badBlocks() {
    return report.state().isActive() ? badBlocks : 0;
  }

  /// The parts of steps by their ordinals: those of the snapshot from 1 on, edits behind it.
  NavigableMap<Integer, MemorySegment> parts() {
    return parts;
  }

  @Override
  public String toString() {
    SuperblockDescriptor known = superblock;
    return "metadata zone "
        + report.zone()
        + ": "
        + report.state()
        + ", "
        + (known == null ? "no superblock" : "journal " + known.journal())
        + ", "
        + parts.size()
        + " parts of steps, "
        + badBlocks()
        + " bad blocks"
        + (failure == null ? "" : ", " + failure.getMessage());
  }
}
