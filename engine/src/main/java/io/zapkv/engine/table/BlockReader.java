package io.zapkv.engine.table;

import io.zapkv.api.CorruptionException;
import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.BlockDescriptor;
import io.zapkv.engine.format.Layouts;
import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.format.Varints;
import java.lang.foreign.MemorySegment;

/// Decodes entries of one uncompressed block and searches it, without ever putting a key together.
///
/// It is moved from block to block by [#open] and keeps one entry decoded.
///
/// **Threading.** One thread at a time.
///
/// **Memory.** It looks at the caller's memory and allocates nothing.
///
/// **Failures.** `CorruptionException` for bytes that are no block. Each length is checked against
/// what is left before it is used and each step moves forward, so that hostile bytes end in that
/// exception: no access beyond the block, no endless loop.
final class BlockReader {
  private static final MemorySegment NOTHING = MemorySegment.ofArray(new byte[0]);

  private MemorySegment block = NOTHING;
  private long base;
  private int entriesEnd;
  private int restartCount;
  private long tableId;
  private int ordinal;

  // The entry decoded last; offsets count from the start of the block.
  private int entry;
  private int shared;
  private int suffix;
  private int suffixLength;
  private int value;
  private int valueLength;
  private int next;
  private long trailer;

  /// Moves to the block of `length` bytes at `offset`; no entry is decoded.
  void open(MemorySegment segment, long offset, int length, long ofTable, int blockOrdinal) {
    block = segment;
    base = offset;
    tableId = ofTable;
    ordinal = blockOrdinal;
    entriesEnd = 0;
    if (length < BlockDescriptor.ENTRY_BYTES_MIN + 2 * Integer.BYTES) {
      throw corrupt("at least one entry and a restart", length + " bytes");
    }
    int count = segment.get(Layouts.U32, offset + length - Integer.BYTES);
    int countMax = (length - BlockDescriptor.ENTRY_BYTES_MIN) / Integer.BYTES - 1;
    if (count < 1 || count > countMax) {
      throw corrupt("1 to " + countMax + " restarts", Integer.toString(count));
    }
    restartCount = count;
    entriesEnd = length - (count + 1) * Integer.BYTES;
    toEnd();
  }

  /// Lets go of the block's memory.
  void forget() {
    block = NOTHING;
    entriesEnd = 0;
    entry = 0;
  }

  int restartCount() {
    return restartCount;
  }

  /// Where the entries behind restart `index` begin.
  int restartOffset(int index) {
    int offset = block.get(Layouts.U32, base + entriesEnd + (long) index * Integer.BYTES);
    if (offset < 0 || offset >= entriesEnd) {
      throw corrupt("a restart below " + entriesEnd, Integer.toString(offset));
    }
    return offset;
  }

  /// Decodes the entry at `offset`.
  void decode(int offset) {
    long at = base + offset;
    long end = base + entriesEnd;
    if (end - at < BlockDescriptor.ENTRY_BYTES_MIN) {
      throw corrupt("an entry at " + offset, (end - at) + " bytes");
    }
    int a = block.get(Layouts.U8, at);
    int b = block.get(Layouts.U8, at + 1);
    int c = block.get(Layouts.U8, at + 2);
    if ((a | b | c) >= 0) {
      at += 3;
    } else {
      a = length(at, end);
      at += Varints.length(a);
      b = length(at, end);
      at += Varints.length(b);
      c = length(at, end);
      at += Varints.length(c);
    }
    if ((long) b + Trailer.BYTES + c > end - at) {
      throw corrupt("an entry that ends in the block", b + " + " + c + " bytes at " + offset);
    }
    entry = offset;
    shared = a;
    suffix = (int) (at - base);
    suffixLength = b;
    trailer = block.get(Layouts.U64, at + b);
    value = suffix + b + Trailer.BYTES;
    valueLength = c;
    next = value + c;
  }

  /// Decodes the entry at restart `index`, whose key is whole.
  void decodeRestart(int index) {
    decode(restartOffset(index));
    if (shared != 0) {
      throw corrupt("a whole key at a restart", shared + " shared bytes");
    }
  }

  /// Moves to the first entry at or after (`key`, `sequence`), or behind the last.
  ///
  /// @return whether there is one and it is of this very key
  boolean seek(MemorySegment key, long keyOffset, int keyLength, long sequence) {
    int restart = lastRestartBefore(key, keyOffset, keyLength, sequence, false);
    /* `matched` is how many leading bytes the entry before has in common with the key. An entry that
     * shares more than that with it differs from the key where the entry before did, so it is
     * smaller, too, and its suffix need not be looked at. */
    int matched = 0;
    int length = 0;
    int at = restart < 0 ? 0 : restartOffset(restart);
    while (at < entriesEnd) {
      decode(at);
      if (shared > length) {
        throw corrupt("at most " + length + " shared bytes", Integer.toString(shared));
      }
      if (shared <= matched) {
        int rest = keyLength - shared;
        int common =
            Keys.commonPrefix(block, base + suffix, suffixLength, key, keyOffset + shared, rest);
        if (common < suffixLength && common < rest) {
          if (Byte.compareUnsigned(
                  block.get(Layouts.U8, base + suffix + common),
                  key.get(Layouts.U8, keyOffset + shared + common))
              > 0) {
            return false;
          }
        } else if (suffixLength > rest) {
          return false;
        } else if (suffixLength == rest && Trailer.sequence(trailer) <= sequence) {
          return true;
        }
        matched = shared + common;
      }
      length = shared + suffixLength;
      at = next;
    }
    toEnd();
    return false;
  }

  /// In an index block, where each entry is a restart: decodes the last entry at or before (`key`,
  /// `sequence`) and returns its index; the first where all are after.
  int seekFloor(MemorySegment key, long keyOffset, int keyLength, long sequence) {
    int index = Math.max(0, lastRestartBefore(key, keyOffset, keyLength, sequence, true));
    decodeRestart(index);
    return index;
  }

  /// The last restart whose entry is before the bound, or -1.
  ///
  /// @param orAt whether an entry equal to the bound counts, too
  private int lastRestartBefore(
      MemorySegment key, long keyOffset, int keyLength, long sequence, boolean orAt) {
    int low = 0; // below it: before
    int high = restartCount; // from it on: not before
    while (low < high) {
      int middle = (low + high) >>> 1;
      decodeRestart(middle);
      int order = Keys.compare(block, base + suffix, suffixLength, key, keyOffset, keyLength);
      if (order == 0) {
        order = Long.compare(sequence, Trailer.sequence(trailer));
      }
      if (order < 0 || (order == 0 && orAt)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /// The last restart at or below `offset`, which is an entry's.
  int restartAtOrBelow(int offset) {
    int low = 0;
    int high = restartCount;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (restartOffset(middle) <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == 0) {
      throw corrupt("a first restart at 0", Integer.toString(restartOffset(0)));
    }
    return low - 1;
  }

  /// Moves behind the last entry.
  void toEnd() {
    entry = entriesEnd;
    next = entriesEnd;
  }

  boolean isValid() {
    return entry < entriesEnd;
  }

  boolean hasNext() {
    return next < entriesEnd;
  }

  MemorySegment block() {
    return block;
  }

  int entry() {
    return entry;
  }

  int next() {
    return next;
  }

  int entriesEnd() {
    return entriesEnd;
  }

  int shared() {
    return shared;
  }

  long suffixOffset() {
    return base + suffix;
  }

  int suffixLength() {
    return suffixLength;
  }

  long trailer() {
    return trailer;
  }

  long valueOffset() {
    return base + value;
  }

  int valueLength() {
    return valueLength;
  }

  CorruptionException corrupt(String expected, String got) {
    return new CorruptionException("table " + tableId + ", block " + ordinal, expected, got);
  }

  private int length(long at, long end) {
    int length = Varints.readInt(block, at, end);
    if (length < 0) {
      throw corrupt("a length at " + (at - base), "no number");
    }
    return length;
  }
}
