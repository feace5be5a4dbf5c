package io.zapkv.engine.read;

import io.zapkv.engine.base.Invariants;
import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.InternalCursor;
import java.lang.foreign.MemorySegment;

/// Several cursors walked as one, in internal order.
///
/// Where two sources hold the same key at the same sequence, both entries are shown, that of the
/// source named first comes first.
///
/// **Threading.** One thread at a time.
///
/// **Memory.** Key and value are those of the source that is ahead. A step allocates nothing.
///
/// **Bounds.** Meant for up to a few dozen sources: a step costs one compare while the same source
/// stays ahead, and at most one for each source.
///
/// **Failures.** What a source throws; the cursor is invalid then, until it is placed again.
public final class MergingCursor implements InternalCursor {
  /* The sources that are valid stand in `order`, sorted, the one to show first; a step moves that one
   * and inserts it again where it belongs now. In a leveled store nine entries of ten come from the
   * deepest level, so the first compare of the insertion mostly ends it, where a heap would need two
   * compares and a tree of losers one for each of its storeys.
   *
   * Most compares look at one long only. All current keys share `sharedBytes` leading bytes, kept in
   * `sharedWords`; `windows` holds the eight bytes of each key behind them, changed so that plain
   * signed order is the order of the walk. Keys like "user00012345" would otherwise all look alike
   * in their first eight bytes. A key that does not begin with the shared bytes shortens them;
   * lengthening them again is tried after TIES_BEFORE_ALIGN compares that windows could not decide.
   *
   * Turning round needs no seek. Walking forward, each source but the first stands on its first entry
   * after the current one, so one step back puts it on its last entry before it, and the reverse.
   */
  private static final int SHARED_WORDS_MAX = 16;
  private static final int TIES_BEFORE_ALIGN = 64;

  private final InternalCursor[] sources;

  // By source: where its current key is. Kept here since asking costs a call through the interface.
  private final MemorySegment[] keys;
  private final long[] keyOffsets;
  private final int[] keyLengths;
  private final long[] sequences;

  // By place in the sorted order, [0, live).
  private final int[] order;
  private final long[] windows;
  private int live;

  private final long[] sharedWords = new long[SHARED_WORDS_MAX];
  private int sharedBytes;
  private int ties;
  private boolean backward;

  /// A cursor over all entries of `sources`, standing nowhere; it closes them when it is closed.
  public MergingCursor(InternalCursor... sources) {
    this.sources = sources.clone();
    this.keys = new MemorySegment[sources.length];
    this.keyOffsets = new long[sources.length];
    this.keyLengths = new int[sources.length];
    this.sequences = new long[sources.length];
    this.order = new int[sources.length];
    this.windows = new long[sources.length];
  }

  @Override
  public boolean isValid() {
    return live > 0;
  }

  @Override
  public void first() {
    live = 0;
    for (InternalCursor source : sources) {
      source.first();
    }
    gather(false);
  }

  @Override
  public void last() {
    live = 0;
    for (InternalCursor source : sources) {
      source.last();
    }
    gather(true);
  }

  @Override
  public void seek(MemorySegment key, long keyOffset, int keyLength, long sequence) {
    live = 0;
    for (InternalCursor source : sources) {
      source.seek(key, keyOffset, keyLength, sequence);
    }
    gather(false);
  }

  @Override
  public void next() {
    Invariants.check(live > 0, "next of an invalid cursor");
    if (backward) {
      turn(false);
      return;
    }
    int before = live;
    live = 0; // invalid should the source fail
    sources[order[0]].next();
    live = before;
    settle();
  }

  @Override
  public void prev() {
    Invariants.check(live > 0, "prev of an invalid cursor");
    if (!backward) {
      turn(true);
      return;
    }
    int before = live;
    live = 0;
    sources[order[0]].prev();
    live = before;
    settle();
  }

  @Override
  public MemorySegment keySegment() {
    return keys[order[0]];
  }

  @Override
  public long keyOffset() {
    return keyOffsets[order[0]];
  }

  @Override
  public int keyLength() {
    return keyLengths[order[0]];
  }

  @Override
  public long sequence() {
    return sequences[order[0]];
  }

  @Override
  public int kind() {
    return sources[order[0]].kind();
  }

  @Override
  public MemorySegment valueSegment() {
    return sources[order[0]].valueSegment();
  }

  @Override
  public long valueOffset() {
    return sources[order[0]].valueOffset();
  }

  @Override
  public int valueLength() {
    return sources[order[0]].valueLength();
  }

  /// Closes every source, also where closing one of them fails.
  @Override
  public void close() {
    live = 0;
    closeFrom(0);
  }

  private void closeFrom(int source) {
    if (source == sources.length) {
      return;
    }
    try {
      sources[source].close();
    } finally {
      closeFrom(source + 1);
    }
  }

  /// Moves every source to the other side of the current entry, and the current one off it.
  private void turn(boolean toBackward) {
    int current = order[0];
    live = 0;
    for (int source = 0; source < sources.length; source++) {
      step(sources[source], toBackward, source == current);
    }
    gather(toBackward);
  }

  private static void step(InternalCursor source, boolean toBackward, boolean isCurrent) {
    Invariants.check(source.isValid() || !isCurrent, "the current source is valid");
    if (toBackward) {
      if (source.isValid()) {
        source.prev();
      } else {
        source.last(); // it had no entry after the current one
      }
    } else if (source.isValid()) {
      source.next();
    } else {
      source.first();
    }
  }

  /// Sorts all valid sources anew, after they were placed.
  private void gather(boolean toBackward) {
    backward = toBackward;
    int valid = 0;
    for (int source = 0; source < sources.length; source++) {
      if (sources[source].isValid()) {
        load(source);
        order[valid++] = source;
      }
    }
    align(valid);
    for (int place = valid - 2; place >= 0; place--) {
      insert(place, valid, order[place], windows[place]);
    }
    live = valid;
  }

  /// Puts the source that was first, and has moved, where it belongs.
  private void settle() {
    int moved = order[0];
    if (!sources[moved].isValid()) {
      live--;
      System.arraycopy(order, 1, order, 0, live);
      System.arraycopy(windows, 1, windows, 0, live);
      return;
    }
    load(moved);
    if (live == 1) {
      return; // nobody to compare with until the next gather; windows may go stale
    }
    if (!beginsWithShared(moved) || ties >= TIES_BEFORE_ALIGN) {
      align(live);
    }
    insert(0, live, moved, window(moved));
  }

  /// Inserts at `place` or later, into the sorted places behind `place`.
  private void insert(int place, int end, int source, long window) {
    int next = place + 1;
    while (next < end && !precedes(source, window, order[next], windows[next])) {
      order[next - 1] = order[next];
      windows[next - 1] = windows[next];
      next++;
    }
    order[next - 1] = source;
    windows[next - 1] = window;
  }

  private boolean precedes(int a, long aWindow, int b, long bWindow) {
    if (aWindow != bWindow) {
      return aWindow < bWindow;
    }
    ties++;
    return backward ? compareFully(b, a) < 0 : compareFully(a, b) < 0;
  }

  private int compareFully(int a, int b) {
    int byKey =
        Keys.compare(keys[a], keyOffsets[a], keyLengths[a], keys[b], keyOffsets[b], keyLengths[b]);
    if (byKey != 0) {
      return byKey;
    }
    return sequences[a] == sequences[b]
        ? Integer.compare(a, b)
        : Long.compare(sequences[b], sequences[a]);
  }

  private void load(int source) {
    InternalCursor cursor = sources[source];
    keys[source] = cursor.keySegment();
    keyOffsets[source] = cursor.keyOffset();
    keyLengths[source] = cursor.keyLength();
    sequences[source] = cursor.sequence();
  }

  /// Finds the bytes that the keys of the first `count` places share, and makes their windows.
  private void align(int count) {
    ties = 0;
    if (count == 0) {
      return;
    }
    int first = order[0];
    int shared = Math.min(keyLengths[first], SHARED_WORDS_MAX * Long.BYTES);
    for (int place = 1; place < count; place++) {
      int other = order[place];
      shared =
          Keys.commonPrefix(
              keys[first],
              keyOffsets[first],
              shared,
              keys[other],
              keyOffsets[other],
              keyLengths[other]);
    }
    sharedBytes = shared;
    for (int at = 0; at < shared; at += Long.BYTES) {
      sharedWords[at / Long.BYTES] = word(first, at);
    }
    for (int place = 0; place < count; place++) {
      windows[place] = window(order[place]);
    }
  }

  private boolean beginsWithShared(int source) {
    if (keyLengths[source] < sharedBytes) {
      return false;
    }
    int at = 0;
    for (; at + Long.BYTES <= sharedBytes; at += Long.BYTES) {
      if (word(source, at) != sharedWords[at / Long.BYTES]) {
        return false;
      }
    }
    int rest = sharedBytes - at;
    return rest == 0
        || (word(source, at) ^ sharedWords[at / Long.BYTES]) >>> (Long.SIZE - rest * Byte.SIZE)
            == 0;
  }

  private long window(int source) {
    long signed = word(source, sharedBytes) ^ Long.MIN_VALUE;
    return backward ? ~signed : signed;
  }

  private long word(int source, int at) {
    return Keys.prefix8(keys[source], keyOffsets[source] + at, keyLengths[source] - at);
  }
}
