package io.zapkv.engine.read;

import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.Layouts;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// A remembered key that answers one question: is this other key the same?
///
/// A cursor has to know whether a step left the key it stood on, whose bytes are gone by then. Kept
/// as words, the last eight bytes first: neighbours in sorted order mostly differ there, so one
/// load and one compare tell them apart.
///
/// **Threading.** One thread at a time.
public final class KeyMark {
  private static final int NOTHING = -1;

  private long[] words = new long[8];
  private int lengthBytes = NOTHING;

  /// A mark that nothing matches.
  public KeyMark() {}

  /// Remembers a key instead of the one before.
  public void set(MemorySegment key, long offset, int length) {
    int count = (length + Long.BYTES - 1) / Long.BYTES;
    if (count > words.length) {
      words = Arrays.copyOf(words, Math.max(count, 2 * words.length));
    }
    lengthBytes = length;
    if (length < Long.BYTES) {
      words[0] = Keys.prefix8(key, offset, length);
      return;
    }
    words[0] = key.get(Layouts.U64, offset + length - Long.BYTES);
    for (int word = 1; word < count; word++) {
      words[word] = key.get(Layouts.U64, offset + (long) (word - 1) * Long.BYTES);
    }
  }

  /// Whether a key is the one remembered.
  public boolean matches(MemorySegment key, long offset, int length) {
    if (length != lengthBytes) {
      return false;
    }
    if (length < Long.BYTES) {
      return words[0] == Keys.prefix8(key, offset, length);
    }
    if (words[0] != key.get(Layouts.U64, offset + length - Long.BYTES)) {
      return false;
    }
    int count = (length + Long.BYTES - 1) / Long.BYTES;
    for (int word = 1; word < count; word++) {
      if (words[word] != key.get(Layouts.U64, offset + (long) (word - 1) * Long.BYTES)) {
        return false;
      }
    }
    return true;
  }
}
