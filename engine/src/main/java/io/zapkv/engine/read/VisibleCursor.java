package io.zapkv.engine.read;

import io.zapkv.engine.base.Invariants;
import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.RecordDescriptor;
import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.format.ValueKind;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The keys of a range as of one sequence: of each key the newest version that is not newer, and no
/// key that this version deletes.
///
/// A new cursor stands nowhere until it is placed. It becomes invalid when it moves off either end
/// of the range, and stays so until it is placed again.
///
/// **Threading.** One thread at a time.
///
/// **Memory.** Going forward, key and value are shown where the source has them; going backward,
/// they are copied into buffers of the cursor's own, since the source must have passed a key to
/// know its newest version. Good until the cursor moves or closes. A step allocates nothing once
/// the buffers have grown.
///
/// **Failures.** What the source throws; the cursor is invalid then.
public final class VisibleCursor implements AutoCloseable {
  /* Two ways to stand on an entry:
   *
   *   forward    the source stands on the entry shown; newer versions that are not visible may lie
   *              before it
   *   copied     the entry shown is in the buffers and its key is marked; the source stands on the
   *              last entry of a smaller key, or is invalid where there is none
   *
   * Versions that are of no use are stepped over one by one, since mostly there is none or one. A key
   * with more of them than STEPS_BEFORE_SEEK is left by a seek, so that one hot key does not make a
   * step slow.
   */
  private static final int STEPS_BEFORE_SEEK = 16;

  private final InternalCursor source;
  private final long sequence;
  private final @Nullable Bound from;
  private final @Nullable Bound to;

  private final KeyMark mark = new KeyMark();
  private final NativeKey seekKey;
  private final CopiedBytes copiedKey = new CopiedBytes();
  private final CopiedBytes copiedValue = new CopiedBytes();
  private boolean valid;
  private boolean copied;

  /// A view of `source`, which it closes when it is closed.
  ///
  /// @param source all entries, every version
  /// @param sequence what is newer does not show
  /// @param fromInclusive the first key of the range, null where open; not to be changed
  /// @param toExclusive the first key after the range, null where open; not to be changed
  /// @param seekKey for the keys that are sought; nobody else's until the cursor is closed
  public VisibleCursor(
      InternalCursor source,
      long sequence,
      byte @Nullable [] fromInclusive,
      byte @Nullable [] toExclusive,
      NativeKey seekKey) {
    this.source = source;
    this.seekKey = seekKey;
    this.sequence = sequence;
    this.from = fromInclusive == null ? null : new Bound(fromInclusive);
    this.to = toExclusive == null ? null : new Bound(toExclusive);
  }

  /// Whether the cursor stands on an entry.
  public boolean isValid() {
    return valid;
  }

  /// Moves to the first key of the range.
  public void first() {
    valid = false;
    if (from == null) {
      source.first();
    } else {
      seekSource(from.key, Trailer.SEQUENCE_MAX);
    }
    settleForward();
  }

  /// Moves to the last key of the range.
  public void last() {
    valid = false;
    if (to == null) {
      source.last();
    } else {
      seekSource(to.key, Trailer.SEQUENCE_MAX);
      stepBeforeOrLast();
    }
    settleBackward();
  }

  /// Moves to the first key of the range at or after `key`.
  public void seek(byte[] key) {
    valid = false;
    if (from != null && from.isAbove(key)) {
      first();
    } else if (to == null || to.isAbove(key)) {
      seekSource(key, sequence);
      settleForward();
    }
  }

  /// Moves to the last key of the range at or before `key`.
  public void seekForPrev(byte[] key) {
    valid = false;
    if (to != null && !to.isAbove(key)) {
      last();
    } else if (from == null || !from.isAbove(key)) {
      seekSource(key, sequence);
      if (isVisibleAt(key)) {
        valid = true;
        copied = false;
      } else {
        stepBeforeOrLast();
        settleBackward();
      }
    }
  }

  /// Moves to the next key up.
  public void next() {
    Invariants.check(valid, "next of an invalid cursor");
    valid = false;
    if (!copied) {
      markKey();
      source.next();
    } else if (source.isValid()) {
      source.next();
    } else {
      source.first();
    }
    skipMarkedForward();
    settleForward();
  }

  /// Moves to the next key down.
  public void prev() {
    Invariants.check(valid, "prev of an invalid cursor");
    valid = false;
    if (!copied) {
      markKey();
      source.prev();
      skipMarkedBackward();
    }
    settleBackward();
  }

  /// Where the key is.
  public MemorySegment keySegment() {
    return copied ? copiedKey.segment() : source.keySegment();
  }

  /// Where in [#keySegment] the key begins.
  public long keyOffset() {
    return copied ? 0 : source.keyOffset();
  }

  /// The length of the key in bytes.
  public int keyLength() {
    return copied ? copiedKey.length() : source.keyLength();
  }

  /// Where the value is.
  public MemorySegment valueSegment() {
    return copied ? copiedValue.segment() : source.valueSegment();
  }

  /// Where in [#valueSegment] the value begins.
  public long valueOffset() {
    return copied ? 0 : source.valueOffset();
  }

  /// The length of the value in bytes.
  public int valueLength() {
    return copied ? copiedValue.length() : source.valueLength();
  }

  @Override
  public void close() {
    valid = false;
    source.close();
  }

  /// Stops at the first entry, from where the source stands on, that shows.
  private void settleForward() {
    int steps = 0;
    while (source.isValid() && !isBehindRange()) {
      if (source.sequence() > sequence) {
        steps = isMarked() ? steps + 1 : 0;
        markKey();
        if (steps < STEPS_BEFORE_SEEK) {
          source.next();
        } else {
          seekInKey(sequence);
        }
      } else if (source.kind() == ValueKind.DELETE) {
        markKey();
        source.next();
        skipMarkedForward();
      } else {
        valid = true;
        copied = false;
        return;
      }
    }
  }

  /// Copies the first key, from where the source stands down, of which a version shows. Requires
  /// that the source stands on the oldest entry of a key, or is invalid.
  private void settleBackward() {
    boolean shows = false;
    while (source.isValid() && !shows && !isBeforeRange()) {
      markKey();
      int steps = 0;
      do { // oldest version first: the last one that is not too new is the one to show
        if (steps++ == STEPS_BEFORE_SEEK) {
          shows = copyNewestAndPassKey();
          break;
        }
        if (source.sequence() <= sequence) {
          shows = copyUnlessDeleted();
        }
        source.prev();
      } while (source.isValid() && isMarked());
    }
    valid = shows;
    copied = shows;
  }

  private boolean copyNewestAndPassKey() {
    int length = source.keyLength();
    MemorySegment key = seekKey.of(source.keySegment(), source.keyOffset(), length);
    source.seek(key, 0, length, sequence);
    boolean shows = source.isValid() && isMarked() && copyUnlessDeleted();
    source.seek(key, 0, length, Trailer.SEQUENCE_MAX);
    source.prev();
    return shows;
  }

  private boolean copyUnlessDeleted() {
    if (source.kind() == ValueKind.DELETE) {
      return false;
    }
    copiedKey.set(source.keySegment(), source.keyOffset(), source.keyLength());
    copiedValue.set(source.valueSegment(), source.valueOffset(), source.valueLength());
    return true;
  }

  private void skipMarkedForward() {
    for (int steps = 0; source.isValid() && isMarked(); steps++) {
      if (steps == STEPS_BEFORE_SEEK) {
        seekInKey(0);
      } else {
        source.next();
      }
    }
  }

  private void skipMarkedBackward() {
    for (int steps = 0; source.isValid() && isMarked(); steps++) {
      if (steps == STEPS_BEFORE_SEEK) {
        seekInKey(Trailer.SEQUENCE_MAX);
      }
      source.prev();
    }
  }

  /// Seeks a version of the key that the source stands on.
  private void seekInKey(long atSequence) {
    int length = source.keyLength();
    MemorySegment key = seekKey.of(source.keySegment(), source.keyOffset(), length);
    source.seek(key, 0, length, atSequence);
  }

  private void seekSource(byte[] key, long atSequence) {
    // No entry's key is longer than that, so what follows decides nothing.
    int length = Math.min(key.length, RecordDescriptor.KEY_BYTES_MAX + 1);
    source.seek(seekKey.of(key, length), 0, length, atSequence);
  }

  private void stepBeforeOrLast() {
    if (source.isValid()) {
      source.prev();
    } else {
      source.last();
    }
  }

  private boolean isVisibleAt(byte[] key) {
    return source.isValid()
        && source.kind() != ValueKind.DELETE
        && Keys.compare(key, source.keySegment(), source.keyOffset(), source.keyLength()) == 0;
  }

  private void markKey() {
    mark.set(source.keySegment(), source.keyOffset(), source.keyLength());
  }

  private boolean isMarked() {
    return mark.matches(source.keySegment(), source.keyOffset(), source.keyLength());
  }

  private boolean isBehindRange() {
    return to != null && !to.isAbove(source.keySegment(), source.keyOffset(), source.keyLength());
  }

  private boolean isBeforeRange() {
    return from != null
        && from.isAbove(source.keySegment(), source.keyOffset(), source.keyLength());
  }

  /// One end of the range.
  private static final class Bound {
    private final byte[] key;
    private final long prefix;

    Bound(byte[] key) {
      this.key = key;
      this.prefix = Keys.prefix8(key);
    }

    boolean isAbove(byte[] other) {
      return Arrays.compareUnsigned(key, other) > 0;
    }

    boolean isAbove(MemorySegment other, long offset, int length) {
      long otherPrefix = Keys.prefix8(other, offset, length);
      return otherPrefix == prefix
          ? Keys.compare(key, other, offset, length) > 0
          : Long.compareUnsigned(prefix, otherPrefix) > 0;
    }
  }
}
