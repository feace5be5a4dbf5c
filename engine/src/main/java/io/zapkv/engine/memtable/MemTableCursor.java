package io.zapkv.engine.memtable;

import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.RecordDescriptor;
import io.zapkv.engine.staging.StagingSegment;
import java.lang.foreign.MemorySegment;

/// Walks the runs of one memtable as one, as they were when it was made, up to a sequence.
///
/// Each run has a position. Going forward, every run stands at its first visible record at or after
/// the current one; going back, at its last at or before it. Turning round moves all but the
/// current run by one.
///
/// **Threading.** One thread at a time, inside the read gate.
final class MemTableCursor implements InternalCursor {
  private static final int NONE = -1;
  private static final int TOUCHED_AT_ONCE = 16;

  private final StagingSegment segment;
  private final MemorySegment memory;
  private final Run[] runs;
  private final int[] positions;
  private final int[] touchedFrom; // by run: the records fetched last
  private final int[] touchedTo;
  private final long snapshotSequence;
  private int current = NONE; // the run that holds the current record
  private boolean forward = true;
  private long offset;

  @SuppressWarnings("UnusedVariable") // a load whose result nobody keeps is compiled away
  private long touched;

  MemTableCursor(StagingSegment segment, Run[] runs, long snapshotSequence) {
    this.segment = segment;
    this.memory = segment.memory();
    this.runs = runs;
    this.positions = new int[runs.length];
    this.touchedFrom = new int[runs.length];
    this.touchedTo = new int[runs.length];
    this.snapshotSequence = snapshotSequence;
  }

  @Override
  public boolean isValid() {
    return current != NONE;
  }

  @Override
  public void first() {
    forward = true;
    for (int run = 0; run < runs.length; run++) {
      settleForward(run, 0);
    }
    takeSmallest();
  }

  @Override
  public void last() {
    forward = false;
    for (int run = 0; run < runs.length; run++) {
      settleBackward(run, runs[run].size() - 1);
    }
    takeLargest();
  }

  @Override
  public void seek(MemorySegment key, long keyOffset, int keyLength, long sequence) {
    forward = true;
    for (int run = 0; run < runs.length; run++) {
      settleForward(run, runs[run].lowerBound(key, keyOffset, keyLength, sequence));
    }
    takeSmallest();
  }

  @Override
  public void next() {
    assert isValid();
    if (!forward) {
      forward = true;
      for (int run = 0; run < runs.length; run++) {
        if (run != current) {
          settleForward(run, positions[run] + 1);
        }
      }
    }
    settleForward(current, positions[current] + 1);
    takeSmallest();
  }

  @Override
  public void prev() {
    assert isValid();
    if (forward) {
      forward = false;
      for (int run = 0; run < runs.length; run++) {
        if (run != current) {
          settleBackward(run, positions[run] - 1);
        }
      }
    }
    settleBackward(current, positions[current] - 1);
    takeLargest();
  }

  @Override
  public MemorySegment keySegment() {
    return memory;
  }

  @Override
  public long keyOffset() {
    return offset + RecordDescriptor.HEADER_BYTES;
  }

  @Override
  public int keyLength() {
    return RecordDescriptor.keyBytes(memory, offset);
  }

  @Override
  public long sequence() {
    return segment.sequence(offset);
  }

  @Override
  public int kind() {
    return RecordDescriptor.kind(memory, offset);
  }

  @Override
  public MemorySegment valueSegment() {
    return memory;
  }

  @Override
  public long valueOffset() {
    return offset + RecordDescriptor.HEADER_BYTES + keyLength();
  }

  @Override
  public int valueLength() {
    return RecordDescriptor.valueBytes(memory, offset);
  }

  /// Nothing is held: the runs are the collector's, the memory is the gate's.
  @Override
  public void close() {
    current = NONE;
  }

  private void settleForward(int run, int from) {
    Run in = runs[run];
    int at = from;
    while (at < in.size() && segment.sequence(in.offset(at)) > snapshotSequence) {
      at++;
    }
    positions[run] = at;
    if (at < in.size() && isUntouched(run, at)) {
      touch(run, at, Math.min(in.size(), at + TOUCHED_AT_ONCE));
    }
  }

  private void settleBackward(int run, int from) {
    Run in = runs[run];
    int at = from;
    while (at >= 0 && segment.sequence(in.offset(at)) > snapshotSequence) {
      at--;
    }
    positions[run] = at;
    if (at >= 0 && isUntouched(run, at)) {
      touch(run, Math.max(0, at + 1 - TOUCHED_AT_ONCE), at + 1);
    }
  }

  private boolean isUntouched(int run, int at) {
    return at < touchedFrom[run] || at >= touchedTo[run];
  }

  private void touch(int run, int from, int to) {
    touched += runs[run].touch(from, to);
    touchedFrom[run] = from;
    touchedTo[run] = to;
  }

  private void takeSmallest() {
    current = NONE;
    for (int run = 0; run < runs.length; run++) {
      if (positions[run] < runs[run].size()) {
        long candidate = runs[run].offset(positions[run]);
        if (current == NONE || Run.compare(memory, candidate, offset) < 0) {
          current = run;
          offset = candidate;
        }
      }
    }
  }

  private void takeLargest() {
    current = NONE;
    for (int run = 0; run < runs.length; run++) {
      if (positions[run] >= 0) {
        long candidate = runs[run].offset(positions[run]);
        if (current == NONE || Run.compare(memory, candidate, offset) > 0) {
          current = run;
          offset = candidate;
        }
      }
    }
  }
}
