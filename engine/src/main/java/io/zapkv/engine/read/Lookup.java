package io.zapkv.engine.read;

import io.zapkv.engine.memtable.MemTable;
import io.zapkv.engine.table.GetResult;
import java.lang.foreign.MemorySegment;

/// What one point lookup needs and what it found. Made once, used for many.
///
/// **Threading.** One thread at a time.
///
/// **Memory.** The value is where it was found: good while the reader is inside the read gate, and
/// until the next lookup.
public final class Lookup implements AutoCloseable {
  final MemTable.Result inMemory = new MemTable.Result();
  final GetResult inTable = new GetResult();

  private final NativeKey key = new NativeKey();
  private MemorySegment segment = MemorySegment.NULL;
  private long offset;
  private int length;

  /// Has found nothing yet.
  public Lookup() {}

  /// Where to put the key that is looked for.
  public NativeKey key() {
    return key;
  }

  /// The memory the value is in.
  public MemorySegment segment() {
    return segment;
  }

  /// Where the value starts.
  public long offset() {
    return offset;
  }

  /// Bytes of the value.
  public int length() {
    return length;
  }

  void showMemory() {
    segment = inMemory.segment();
    offset = inMemory.offset();
    length = inMemory.length();
  }

  void showTable() {
    segment = inTable.segment();
    offset = inTable.offset();
    length = inTable.length();
  }

  /// Gives back what it borrowed; it may be used again.
  @Override
  public void close() {
    inTable.close();
  }
}
