package io.zapkv.engine.version;

import io.zapkv.api.CorruptionException;
import io.zapkv.engine.format.EditDescriptor;
import io.zapkv.engine.format.Layouts;
import io.zapkv.engine.format.SuperblockDescriptor;
import io.zapkv.zns.ZoneReport;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes one history out of the two metadata zones.
///
/// **Threading.** A pure function.
final class JournalMerge {
  /* Which journal. Each rewriting of the metadata gives both zones a new journal number, one zone
   * after the other, and no edit is accepted between the two. So where the numbers differ, a
   * rewriting was cut short: the higher journal counts if its snapshot is whole, and if it is not,
   * the lower one holds everything that was ever acknowledged.
   *
   * Which edits. An edit is acknowledged once both zones have it. So the history is the union of the
   * two, by ordinal: one of them suffices for each edit. It ends at the first edit that neither has
   * whole. That edit was never acknowledged if it is the last: edits are written one after the
   * other, each synced before the next. If something later is there, then an acknowledged edit was
   * lost from both zones, and to go on without it would be to show an older state silently.
   */

  /// What opening goes on with.
  ///
  /// @param superblock of the journal that counts
  /// @param storeId the store
  /// @param state what the journal leads to
  /// @param wholeAlone for each zone, whether it holds all of it by itself
  /// @param warnings what was found wrong
  /// @param damage of these, what no crash explains
  record Merged(
      SuperblockDescriptor superblock,
      long storeId,
      ManifestState state,
      List<Boolean> wholeAlone,
      List<String> warnings,
      List<String> damage) {
    /// The same on a device whose zones are as in `reports`.
    Merged foundWith(List<ZoneReport> reports) {
      return new Merged(
          superblock, storeId, state.foundWith(reports), wholeAlone, warnings, damage);
    }
  }

  private final String device;
  private final SuperblockDescriptor superblock;
  private final NavigableMap<Integer, MemorySegment> parts = new TreeMap<>();

  private JournalMerge(String device, SuperblockDescriptor superblock) {
    this.device = device;
    this.superblock = superblock;
  }

  /// The state that two zones hold together, or null where neither journal is whole.
  ///
  /// @throws CorruptionException where they contradict each other, or an edit is missing from the
  ///   middle of both
  static @Nullable Merged merge(String device, List<JournalScan> scans) {
    SuperblockDescriptor first = scans.get(0).superblock();
    SuperblockDescriptor second = scans.get(1).superblock();
    if (first != null && second != null && scans.get(0).storeId() != scans.get(1).storeId()) {
      throw new CorruptionException(
          device + ": metadata zones 0 and 1",
          "two journals of one store",
          "stores "
              + Long.toHexString(scans.get(0).storeId())
              + " and "
              + Long.toHexString(scans.get(1).storeId()));
    }
    if (first == null || (second != null && second.journal() > first.journal())) {
      SuperblockDescriptor swap = first;
      first = second;
      second = swap;
    }
    Merged merged = first == null ? null : new JournalMerge(device, first).of(scans);
    if (merged == null && second != null) {
      merged = new JournalMerge(device, second).of(scans);
    }
    return merged;
  }

  private @Nullable Merged of(List<JournalScan> scans) {
    long storeId = 0;
    for (JournalScan scan : scans) {
      if (scan.isOf(superblock.journal())) {
        storeId = scan.storeId();
        scan.parts().forEach(this::add);
      }
    }
    byte[] snapshot = stepAt(1, superblock.snapshotChunks());
    if (snapshot == null) {
      return null;
    }
    ManifestState state =
        ManifestState.empty(superblock.zones())
            .applyRead(EditReader.decode(where(1), snapshot), where(1));
    int last = 1;
    int ordinal = 1 + superblock.snapshotChunks();
    for (int length = wholeStepAt(ordinal); length > 0; length = wholeStepAt(ordinal)) {
      byte[] edit = stepAt(ordinal, length);
      if (edit == null) {
        break;
      }
      state = state.applyRead(EditReader.decode(where(ordinal), edit), where(ordinal));
      last = ordinal;
      ordinal += length;
    }
    requireNothingAfter(ordinal);
    state.checkGenerations(device + ": manifest");
    return new Merged(
        superblock,
        storeId,
        state,
        wholeAlone(scans, ordinal),
        warnings(scans, ordinal),
        damage(scans, last));
  }

  private void add(int ordinal, MemorySegment part) {
    MemorySegment other = parts.putIfAbsent(ordinal, part);
    if (other != null && other.mismatch(part) != -1) {
      throw new CorruptionException(
          where(ordinal), "the same step in both metadata zones", "two that differ");
    }
  }

  /// How many parts the step has that begins at `ordinal`; 0 where none begins there.
  private int wholeStepAt(int ordinal) {
    MemorySegment part = parts.get(ordinal);
    return part == null ? 0 : EditDescriptor.parts(part);
  }

  /// The bytes of the step whose `count` parts begin at `ordinal`, or null where one is missing.
  private byte @Nullable [] stepAt(int ordinal, int count) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      MemorySegment part = parts.get(ordinal + i);
      if (part == null) {
        return null;
      }
      if (EditDescriptor.part(part) != i || EditDescriptor.parts(part) != count) {
        throw new CorruptionException(
            where(ordinal + i),
            "part " + i + " of " + count,
            "part " + EditDescriptor.part(part) + " of " + EditDescriptor.parts(part));
      }
      bytes.writeBytes(part.asSlice(EditDescriptor.HEADER_BYTES).toArray(Layouts.U8));
    }
    MemorySegment head = parts.get(ordinal);
    if (head != null && EditDescriptor.editBytes(head) != bytes.size()) {
      throw new CorruptionException(
          where(ordinal), EditDescriptor.editBytes(head) + " bytes", bytes.size() + " bytes");
    }
    return bytes.toByteArray();
  }

  private void requireNothingAfter(int ordinal) {
    for (Map.Entry<Integer, MemorySegment> later : parts.tailMap(ordinal).entrySet()) {
      int begins = later.getKey() - EditDescriptor.part(later.getValue());
      if (begins != ordinal) {
        throw new CorruptionException(
            where(ordinal),
            "a step whole in one of the metadata zones",
            "none, though step " + begins + " came after it");
      }
    }
  }

  /// Whether a zone has everything up to `end`, so that the other may be reset.
  private List<Boolean> wholeAlone(List<JournalScan> scans, int end) {
    List<Boolean> whole = new ArrayList<>();
    for (JournalScan scan : scans) {
      boolean all = scan.isOf(superblock.journal()) && scan.parts().headMap(end).size() == end - 1;
      whole.add(all);
    }
    return whole;
  }

  private List<String> warnings(List<JournalScan> scans, int end) {
    List<String> warnings = new ArrayList<>();
    List<Boolean> whole = wholeAlone(scans, end);
    for (JournalScan scan : scans) {
      if (!whole.get(scan.zone()) || scan.badBlocks() > 0 || scan.failure() != null) {
        warnings.add("one copy of the metadata was not whole (" + scan + "); the other served");
      }
    }
    if (!parts.tailMap(end).isEmpty()) {
      warnings.add("the last step was never finished and has been dropped");
    }
    return warnings;
  }

  /// Copies that are not as a crash would leave them: it may have cut a rewriting short, or kept
  /// the last step from one of them.
  private List<String> damage(List<JournalScan> scans, int lastStep) {
    List<String> damage = new ArrayList<>();
    for (JournalScan scan : scans) {
      boolean explained =
          scan.isOf(superblock.journal())
              ? scan.parts().headMap(lastStep).size() == lastStep - 1
              : scan.isEmpty() || scan.superblock() != null;
      if (!explained || scan.badBlocks() > 0 || scan.failure() != null) {
        damage.add(scan.toString());
      }
    }
    return damage;
  }

  private String where(int ordinal) {
    return device + ": manifest, journal " + superblock.journal() + ", step " + ordinal;
  }
}
