package io.zapkv.engine.compaction;

import io.zapkv.engine.base.Keys;
import io.zapkv.engine.compaction.CompactionChoice.Merge;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.version.Version;
import io.zapkv.engine.zone.Extent;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds where a bounded merge is to end, before anything is written: on a full device what a merge
/// writes in vain is lost until its zone is emptied.
///
/// The entries are walked once, and what survives of them is counted. The merge ends behind the
/// last key of some table, whose room comes free then: as far to the right as the outputs fit.
///
/// **Threading.** One thread, one use.
final class SlicePlan {
  /// What the merge found: it ends before `key`, or merges all where that is null.
  @SuppressWarnings("ArrayRecordComponent") // made once, changed by nobody
  record End(byte @Nullable [] key) {}

  /// What came out may be packed worse than what went in.
  private static final double MARGIN = 1.05;

  /// Index, footer, and the ends of chunks of one more table.
  private static final int TABLE_BLOCKS = 8;

  /// What is lost at the end of a zone, where no table is begun any more, at most: one part of so
  /// many.
  private static final int LOST_PART = 8;

  private final Merge merge;
  private final long zoneBlocks;
  private final double blocksPerByte;
  private final List<TableMeta> byEnd;
  private int passed; // tables whose last key was passed
  private final Map<Integer, Integer> livesIn = new HashMap<>(); // tables not passed, by zone
  private long freedBlocks;
  private long bestGain = 1;
  private long keptBytes;
  private @Nullable End end;

  SlicePlan(Merge merge, Version version, long zoneBlocks) {
    this.merge = merge;
    for (int level = 0; level < Version.LEVELS; level++) {
      for (TableMeta table : version.tables(level)) {
        table.extents().forEach(extent -> livesIn.merge(extent.zone(), 1, Integer::sum));
      }
    }
    this.zoneBlocks = zoneBlocks;
    this.byEnd = new ArrayList<>(merge.tables());
    byEnd.sort((a, b) -> Arrays.compareUnsigned(a.largest(), b.largest()));
    long blocks = 0;
    long bytes = 1;
    for (TableMeta table : byEnd) {
      blocks += table.blocks();
      bytes += table.rawBytes();
    }
    blocksPerByte = MARGIN * blocks / bytes;
  }

  /// Told of the first entry of each key before it is counted.
  void reached(InternalCursor input) {
    boolean passesOne = false;
    while (passed < byEnd.size() && isPassed(byEnd.get(passed), input)) {
      pass(byEnd.get(passed++));
      passesOne = true;
    }
    if (passesOne && isWorthIt()) {
      end =
          new End(
              input
                  .keySegment()
                  .asSlice(input.keyOffset(), input.keyLength())
                  .toArray(ValueLayout.JAVA_BYTE));
    }
  }

  /// Told of an entry that would come out.
  void keeps(InternalCursor input) {
    keptBytes += input.keyLength() + input.valueLength();
  }

  /// Whether nothing further to the right can fit.
  boolean isBeyond() {
    return writtenBlocks() > merge.blocksMax();
  }

  /// Where to end; null where the merge would be in vain.
  ///
  /// @param isWhole whether all entries were counted
  @Nullable End end(boolean isWhole) {
    if (isWhole) {
      byEnd.subList(passed, byEnd.size()).forEach(this::pass);
      return isWorthIt() ? new End(null) : end;
    }
    return end;
  }

  private void pass(TableMeta table) {
    for (Extent extent : table.extents()) {
      if (livesIn.merge(extent.zone(), -1, Integer::sum) == 0) {
        freedBlocks += zoneBlocks;
      }
    }
  }

  /// Whether to end here, rather than anywhere before.
  private boolean isWorthIt() {
    long written = writtenBlocks();
    if (written > merge.blocksMax()) {
      return false;
    }
    if (!merge.mustGain()) {
      return true;
    }
    long gain = freedBlocks - written;
    boolean isBest = gain >= bestGain;
    bestGain = Math.max(bestGain, gain);
    return isBest;
  }

  private long writtenBlocks() {
    long data = (long) Math.ceil(keptBytes * blocksPerByte);
    return keptBytes == 0
        ? 0
        : data + TABLE_BLOCKS + (TABLE_BLOCKS + zoneBlocks / LOST_PART) * (data / zoneBlocks);
  }

  private static boolean isPassed(TableMeta table, InternalCursor input) {
    return Keys.compare(table.largest(), input.keySegment(), input.keyOffset(), input.keyLength())
        < 0;
  }
}
