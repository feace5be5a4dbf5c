package io.zapkv.engine.compaction;

import io.zapkv.engine.base.Invariants;
import io.zapkv.engine.base.Keys;
import io.zapkv.engine.compaction.CompactionChoice.Input;
import io.zapkv.engine.compaction.CompactionChoice.Merge;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.ValueKind;
import io.zapkv.engine.read.KeyMark;
import io.zapkv.engine.read.LevelCursor;
import io.zapkv.engine.read.MergingCursor;
import io.zapkv.engine.read.TableCursors;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.version.Version;
import io.zapkv.engine.version.VersionEdit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One merge, carried out: its tables are read in order, what nobody can see any more is left out,
/// the rest goes into new tables.
///
/// **Threading.** One thread calls [#run], once. Any thread may ask how far it is, or cancel.
///
/// **Failures.** What reading or writing throws. Cancelled or failed, a job leaves nothing behind:
/// every table it began or finished is given up, and the version never hears of it.
public final class CompactionJob {
  private static final long REPORT_BYTES = 64 << 10;

  private final Merge merge;
  private final TableCursors cursors;
  private final TableOutputs outputs;
  private final CompactionPace pace;
  private final DropRules rules;
  private final Version version;
  private final long zoneBlocks;
  private DeeperLevels deeper;
  private final Grandparents grandparents;

  private final KeyMark key = new KeyMark();
  private final List<VersionEdit.Placed> finished = new ArrayList<>();
  private byte @Nullable [] end; // the first key that stays; null where none does
  private @Nullable TableOutput output;
  private long finishedBlocks;
  private long unreportedReadBytes;
  private long unreportedKeptBytes;

  private volatile boolean cancelled;
  private final AtomicLong readBytes = new AtomicLong();
  private final AtomicLong keptBytes = new AtomicLong();

  /// A job for `merge`.
  ///
  /// @param version what `merge` was chosen from
  /// @param snapshots sequences somebody reads at, ascending, taken *after* `version`: whoever
  ///   begins to read later reads at a sequence that no entry of the version exceeds
  /// @param zoneBlocks what a zone holds
  /// @param cursors opens the tables that go in
  /// @param outputs makes the tables that come out
  /// @param pace told of the progress
  public CompactionJob(
      Merge merge,
      Version version,
      long[] snapshots,
      long zoneBlocks,
      TableCursors cursors,
      TableOutputs outputs,
      CompactionPace pace) {
    int level = merge.outputLevel();
    this.merge = merge;
    this.cursors = cursors;
    this.outputs = outputs;
    this.pace = pace;
    this.rules = new DropRules(snapshots);
    this.version = version;
    this.zoneBlocks = zoneBlocks;
    this.deeper = new DeeperLevels(version, level);
    this.grandparents =
        new Grandparents(
            level + 1 < Version.LEVELS ? version.tables(level + 1) : List.of(),
            LeveledPolicy.GRANDPARENT_ZONES_MAX * zoneBlocks);
  }

  /// Does it, and waits where the pace or the device says so.
  ///
  /// @return the edit that puts what came out in the place of what went in; the tables in it
  ///   survive a power cut. Null where the job was cancelled, or where it was bounded and no part
  ///   of it would be of use: then nothing was written.
  public @Nullable VersionEdit run() {
    boolean complete = false;
    try (InternalCursor input = openInput()) {
      if ((merge.isBounded() && !findEnd(input)) || !mergeAll(input)) {
        return null;
      }
      finishOutput();
      complete = true;
      return edit();
    } finally {
      if (!complete) {
        giveUp();
      }
    }
  }

  /// Makes [#run] end soon, without effect. Too late, it does nothing.
  public void cancel() {
    cancelled = true;
  }

  /// Bytes of keys and values read up to now.
  public long readBytes() {
    return readBytes.get();
  }

  /// Bytes of keys and values of those read that go into new tables.
  public long keptBytes() {
    return keptBytes.get();
  }

  private InternalCursor openInput() {
    List<InternalCursor> sources = new ArrayList<>();
    for (Input in : merge.inputs()) {
      if (in.level() > 0) {
        sources.add(new LevelCursor(in.tables(), cursors));
        continue;
      }
      for (TableMeta table : in.tables()) {
        sources.add(new LevelCursor(List.of(table), cursors));
      }
    }
    return new MergingCursor(sources.toArray(new InternalCursor[0]));
  }

  private boolean mergeAll(InternalCursor input) {
    long newerSequence = DropRules.NO_NEWER;
    boolean keyIsInOutput = false;
    for (input.first(); input.isValid() && !cancelled; input.next()) {
      if (!key.matches(input.keySegment(), input.keyOffset(), input.keyLength())) {
        key.set(input.keySegment(), input.keyOffset(), input.keyLength());
        newerSequence = DropRules.NO_NEWER;
        keyIsInOutput = false;
        if (end != null && isAtOrBehind(input, end)) {
          break;
        }
      }
      int entryBytes = input.keyLength() + input.valueLength();
      if (survives(input, newerSequence)) {
        outputFor(input, keyIsInOutput)
            .add(
                input.keySegment(),
                input.keyOffset(),
                input.keyLength(),
                input.sequence(),
                input.kind(),
                input.valueSegment(),
                input.valueOffset(),
                input.valueLength());
        keyIsInOutput = true;
        unreportedKeptBytes += entryBytes;
      }
      newerSequence = input.sequence();
      unreportedReadBytes += entryBytes;
      if (unreportedReadBytes >= REPORT_BYTES) {
        report();
      }
    }
    report();
    return !cancelled;
  }

  /// Walks a bounded merge to see how far it can go.
  private boolean findEnd(InternalCursor input) {
    SlicePlan plan = new SlicePlan(merge, version, zoneBlocks);
    KeyMark counted = new KeyMark();
    long newerSequence = DropRules.NO_NEWER;
    for (input.first(); input.isValid() && !cancelled && !plan.isBeyond(); input.next()) {
      if (!counted.matches(input.keySegment(), input.keyOffset(), input.keyLength())) {
        counted.set(input.keySegment(), input.keyOffset(), input.keyLength());
        newerSequence = DropRules.NO_NEWER;
        plan.reached(input);
      }
      if (survives(input, newerSequence)) {
        plan.keeps(input);
      }
      newerSequence = input.sequence();
    }
    SlicePlan.End found = plan.end(!input.isValid());
    deeper = new DeeperLevels(version, merge.outputLevel());
    end = found == null ? null : found.key();
    return found != null && !cancelled;
  }

  private static boolean isAtOrBehind(InternalCursor input, byte[] end) {
    return Keys.compare(end, input.keySegment(), input.keyOffset(), input.keyLength()) <= 0;
  }

  private boolean survives(InternalCursor input, long newerSequence) {
    Invariants.check(ValueKind.isReadable(input.kind()), "a merge meets a kind it cannot judge");
    return switch (rules.judge(newerSequence, input.sequence(), input.kind())) {
      case KEEP -> true;
      case DROP -> false;
      // At level 0 another table may hold what it hides.
      case DROP_AT_BOTTOM ->
          merge.outputLevel() == 0
              || deeper.mayHold(input.keySegment(), input.keyOffset(), input.keyLength());
    };
  }

  /// The output that the entry goes to: a new one where the one at hand is full or spans too much.
  /// All versions of a key go to the same one.
  private TableOutput outputFor(InternalCursor input, boolean keyIsInOutput) {
    TableOutput current = output;
    if (current != null && keyIsInOutput) {
      return current;
    }
    boolean tooWide =
        grandparents.isTooWide(input.keySegment(), input.keyOffset(), input.keyLength());
    if (current != null && !tooWide && current.hasRoomFor(input.keyLength(), input.valueLength())) {
      return current;
    }
    finishOutput();
    grandparents.restart();
    TableOutput next = outputs.open(merge.outputLevel(), expectedBlocks());
    output = next;
    return next;
  }

  /// What is left to read, as if it took as many blocks for each byte as the inputs do on the
  /// average.
  private long expectedBlocks() {
    long rawBytes = 0;
    long blocks = 0;
    for (TableMeta table : merge.tables()) {
      rawBytes += table.rawBytes();
      blocks += table.blocks();
    }
    long leftBytes = rawBytes - readBytes.get() - unreportedReadBytes;
    long expected = (long) Math.ceil((double) leftBytes / Math.max(1, rawBytes) * blocks);
    return Math.min(expected, merge.blocksMax() - finishedBlocks);
  }

  private void finishOutput() {
    if (output != null) {
      TableMeta table = output.finish();
      finished.add(new VersionEdit.Placed(merge.outputLevel(), table));
      finishedBlocks += table.blocks();
      output = null;
    }
  }

  private void report() {
    readBytes.addAndGet(unreportedReadBytes);
    keptBytes.addAndGet(unreportedKeptBytes);
    long passed = unreportedReadBytes;
    unreportedReadBytes = 0;
    unreportedKeptBytes = 0;
    pace.advanced(passed);
  }

  private VersionEdit edit() {
    byte[] from = end;
    List<VersionEdit.Removed> removed = new ArrayList<>();
    List<VersionEdit.Narrowed> narrowed = new ArrayList<>();
    for (Input in : merge.inputs()) {
      for (TableMeta table : in.tables()) {
        if (from == null || Arrays.compareUnsigned(table.largest(), from) < 0) {
          removed.add(new VersionEdit.Removed(in.level(), table.id()));
        } else if (Arrays.compareUnsigned(table.smallest(), from) < 0) {
          narrowed.add(new VersionEdit.Narrowed(in.level(), table.id(), from));
        }
      }
    }
    return new VersionEdit(
        finished, removed, narrowed, List.of(), VersionEdit.UNCHANGED, VersionEdit.UNCHANGED);
  }

  private void giveUp() {
    TableOutput unfinished = output;
    output = null;
    try {
      if (unfinished != null) {
        unfinished.abandon();
      }
    } finally {
      for (VersionEdit.Placed placed : finished) {
        outputs.discard(placed.table());
      }
      finished.clear();
    }
  }
}
