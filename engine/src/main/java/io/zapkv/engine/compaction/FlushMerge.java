package io.zapkv.engine.compaction;

import io.zapkv.engine.compaction.DropRules.Verdict;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.read.KeyMark;
import io.zapkv.engine.table.TableMeta;
import java.util.ArrayList;
import java.util.List;

/// Writes what a memtable holds to tables of level 0, without the versions nobody can see.
///
/// A deletion always stays: older versions may lie in tables.
///
/// A memtable that fills more than a zone is cut by zones, so that tables loaded in key order can
/// move down the levels as they are.
///
/// **Threading.** One thread, one flush at a time.
public final class FlushMerge {
  private final TableOutputs outputs;
  private final int blockBytes;

  // Device bytes that a byte of entries took in the last table, and how many bytes of entries the
  // last flush made of a byte of its input, which counts more than keys and values.
  private double shrinkage = 1;
  private double entryShare = 1;

  /// Flushes to `outputs`, on a device with blocks of `blockBytes`.
  public FlushMerge(TableOutputs outputs, int blockBytes) {
    this.outputs = outputs;
    this.blockBytes = blockBytes;
  }

  /// Writes the entries of `input`.
  ///
  /// @param inputBytes what the entries take in memory: no less than their keys and values
  /// @param snapshots sequences somebody reads at, ascending, taken after the last of the entries
  ///   was written
  /// @return the tables, in key order; they survive a power cut
  public List<TableMeta> run(InternalCursor input, long inputBytes, long[] snapshots) {
    List<TableMeta> finished = new ArrayList<>();
    boolean complete = false;
    try {
      input.first();
      long expected = (long) (inputBytes * entryShare);
      long written = 0;
      while (input.isValid()) {
        TableMeta table = writeOne(input, expected - written, new DropRules(snapshots));
        finished.add(table);
        written += table.rawBytes();
        shrinkage = (double) table.blocks() * blockBytes / Math.max(1, table.rawBytes());
      }
      entryShare = (double) written / Math.max(1, inputBytes);
      complete = true;
      return finished;
    } finally {
      if (!complete) {
        finished.forEach(outputs::discard);
      }
    }
  }

  private TableMeta writeOne(InternalCursor input, long leftBytes, DropRules rules) {
    TableOutput output = outputs.open(0, (long) (Math.max(0, leftBytes) * shrinkage) / blockBytes);
    boolean complete = false;
    try {
      fill(output, input, rules);
      TableMeta table = output.finish();
      complete = true;
      return table;
    } finally {
      if (!complete) {
        output.abandon();
      }
    }
  }

  /// Moves entries to `output` until there are no more, or the next key does not fit.
  private static void fill(TableOutput output, InternalCursor input, DropRules rules) {
    KeyMark key = new KeyMark();
    long newerSequence = DropRules.NO_NEWER;
    boolean isFirst = true;
    for (; input.isValid(); input.next()) {
      if (!key.matches(input.keySegment(), input.keyOffset(), input.keyLength())) {
        if (!isFirst && !output.hasRoomFor(input.keyLength(), input.valueLength())) {
          return;
        }
        key.set(input.keySegment(), input.keyOffset(), input.keyLength());
        newerSequence = DropRules.NO_NEWER;
        isFirst = false;
      }
      if (rules.judge(newerSequence, input.sequence(), input.kind()) != Verdict.DROP) {
        output.add(
            input.keySegment(),
            input.keyOffset(),
            input.keyLength(),
            input.sequence(),
            input.kind(),
            input.valueSegment(),
            input.valueOffset(),
            input.valueLength());
      }
      newerSequence = input.sequence();
    }
  }
}
