package io.zapkv.engine.compaction;

import io.zapkv.engine.format.ValueKind;

/// Judges which entries a merge may leave out, given who still reads the past.
///
/// ```
///   versions of one key     9 put     7 delete     4 put     2 put
///   snapshots                     8             5         3
///                           stays  stays (8)    stays (5)  stays (3)
///   without snapshots       stays  goes         goes      goes
/// ```
///
/// **Threading.** Immutable; any thread.
final class DropRules {
  /// Stands for "there is no newer version of this key".
  static final long NO_NEWER = Long.MAX_VALUE;

  /// What becomes of an entry.
  enum Verdict {
    /// It stays.
    KEEP,
    /// Nobody can see it.
    DROP,
    /// It is a deletion with nothing left to hide, unless an older version lies deeper.
    DROP_AT_BOTTOM
  }

  private final long[] snapshots;

  /// Rules for the given snapshots.
  ///
  /// @param snapshots sequences somebody reads at, ascending; not to be changed
  DropRules(long[] snapshots) {
    this.snapshots = snapshots;
  }

  /// Judges one entry.
  ///
  /// @param newerSequence the sequence of the next newer version of the same key in the merge,
  ///   whether it was kept or not, or [#NO_NEWER]
  /// @param sequence the entry's own
  /// @param kind the entry's [ValueKind]
  Verdict judge(long newerSequence, long sequence, int kind) {
    if (newerSequence != NO_NEWER && !isReadBetween(sequence, newerSequence)) {
      return Verdict.DROP;
    }
    // Any older version in this merge is hidden from everyone once no snapshot is older than the
    // deletion, so the deletion may go together with them.
    return kind == ValueKind.DELETE && (snapshots.length == 0 || sequence <= snapshots[0])
        ? Verdict.DROP_AT_BOTTOM
        : Verdict.KEEP;
  }

  /// Whether a snapshot sees `sequence` but not yet `newerSequence`.
  private boolean isReadBetween(long sequence, long newerSequence) {
    int low = 0;
    int high = snapshots.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (snapshots[middle] < sequence) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < snapshots.length && snapshots[low] < newerSequence;
  }
}
