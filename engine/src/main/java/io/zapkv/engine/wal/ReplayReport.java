package io.zapkv.engine.wal;

import java.util.List;

/// What a replay found.
///
/// @param records records handed out, members of batches counted one by one
/// @param bytes bytes of log these took
/// @param floorSequence where it began
/// @param endSequence where it ended: every record below has been handed out, none at or above
/// @param promisedSequence every record below this was durable once, as far as the log itself tells
/// @param nextSequence a sequence above everything that any process may have written so far: where
///   the next log starts, so that nothing left behind is ever taken for part of it
/// @param epoch whose records they are, -1 where there were none
/// @param chunks log chunks of that epoch at or above the floor, duplicates counted
/// @param staleChunks log chunks of other epochs or generations, or below the floor
/// @param steppedOverBytes claims that were never published, and so never acknowledged
/// @param lostZones zones that are offline and may have held log of that epoch above the floor: not
///   where memory that was not lost holds all of it
/// @param unreadableZones the same of zones in which blocks were written and cannot be read (F12)
/// @param isDamaged whether it ended at a record in trusted memory that is not what was published
/// @param hasLeftovers whether there is more log behind the end: the tail of a power cut
public record ReplayReport(
    long records,
    long bytes,
    long floorSequence,
    long endSequence,
    long promisedSequence,
    long nextSequence,
    int epoch,
    long chunks,
    long staleChunks,
    long steppedOverBytes,
    List<Integer> lostZones,
    List<Integer> unreadableZones,
    boolean isDamaged,
    boolean hasLeftovers) {
  /// Whether records are missing that had been acknowledged as durable, or that memory which was
  /// not lost must hold: then the store must not go on as if nothing had happened.
  public boolean isLossy() {
    return isDamaged || endSequence < promisedSequence;
  }

  /// Keeps copies of the lists.
  public ReplayReport {
    lostZones = List.copyOf(lostZones);
    unreadableZones = List.copyOf(unreadableZones);
  }
}
