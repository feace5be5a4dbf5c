package io.zapkv.engine.table;

import java.lang.foreign.MemorySegment;

/// What a lookup found, filled by [TableReader#get] and used again for the next.
///
/// **Threading.** One thread at a time.
///
/// **Memory.** The value is where it was found: in the cache, on the mapped device, or in this
/// result's own buffer, which it borrows when it first needs one and gives back in [#close]. It is
/// good until the next lookup and until the caller leaves the read gate.
public final class GetResult implements AutoCloseable {
  /// The table has no entry of the key that is old enough.
  public static final int NOT_HERE = 0;

  /// The newest entry that is old enough is a value.
  public static final int FOUND = 1;

  /// The newest entry that is old enough deletes the key.
  public static final int DELETED = 2;

  /// Where lookups of this caller put blocks and search them.
  final BlockSlot slot = new BlockSlot();

  final BlockReader reader = new BlockReader();

  private int state = NOT_HERE;
  private MemorySegment segment = MemorySegment.NULL;
  private long offset;
  private int length;
  private long sequence;

  /// [#NOT_HERE], [#FOUND] or [#DELETED].
  public int state() {
    return state;
  }

  /// The value's memory, if found.
  public MemorySegment segment() {
    return segment;
  }

  /// Where the value begins.
  public long offset() {
    return offset;
  }

  /// The value's length in bytes.
  public int length() {
    return length;
  }

  /// The sequence of the entry found or of the deletion.
  public long sequence() {
    return sequence;
  }

  /// Gives the buffer back and forgets what was found. The result may be used again.
  @Override
  public void close() {
    notHere();
    reader.forget();
    slot.close();
  }

  int notHere() {
    state = NOT_HERE;
    segment = MemorySegment.NULL;
    length = 0;
    return NOT_HERE;
  }

  int deleted(long atSequence) {
    notHere();
    state = DELETED;
    sequence = atSequence;
    return DELETED;
  }

  int found(long atSequence, MemorySegment in, long at, int valueLength) {
    state = FOUND;
    sequence = atSequence;
    segment = in;
    offset = at;
    length = valueLength;
    return FOUND;
  }
}
