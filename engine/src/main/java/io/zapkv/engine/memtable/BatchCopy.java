package io.zapkv.engine.memtable;

import io.zapkv.api.WriteBatch;
import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.Layouts;
import io.zapkv.engine.format.RecordDescriptor;
import io.zapkv.engine.format.ValueKind;
import io.zapkv.engine.staging.StagingSegment;
import java.lang.foreign.MemorySegment;

/// Copies the operations of a batch behind its header, one record each, and puts them into the
/// index. Nobody sees any of them until the header is published.
///
/// The index is told some at a time: their slots are fetched from memory all at once, where one
/// after the other each would be waited for.
///
/// **Threading.** One thread, one batch; the claim is its own.
final class BatchCopy implements WriteBatch.Visitor {
  private static final int INDEXED_AT_ONCE = 16; // about as many misses as a core keeps going

  private final StagingSegment segment;
  private final MemorySegment memory;
  private final HashIndex index;
  private final long header;
  private long next;
  private long last;

  private final long[] hashes = new long[INDEXED_AT_ONCE];
  private final long[] offsets = new long[INDEXED_AT_ONCE];
  private final int[] keyLengths = new int[INDEXED_AT_ONCE];
  private int waiting;

  @SuppressWarnings("UnusedVariable") // a load whose result nobody keeps is compiled away
  private long touched;

  /// @param header where the claim starts
  BatchCopy(StagingSegment segment, HashIndex index, long header) {
    this.segment = segment;
    this.memory = segment.memory();
    this.index = index;
    this.header = header;
    this.next = header + RecordDescriptor.HEADER_BYTES;
  }

  /// What `batch` takes in the log, its header included.
  static long lengthBytes(WriteBatch batch) {
    Length length = new Length();
    batch.forEach(length);
    return length.bytes;
  }

  /// Adds all of `batch`.
  ///
  /// @return the offset of its last record
  long addAll(WriteBatch batch) {
    batch.forEach(this);
    index();
    return last;
  }

  @Override
  public void put(
      MemorySegment from, long keyOffset, int keyBytes, long valueOffset, int valueBytes) {
    member(ValueKind.PUT, from, keyOffset, keyBytes, valueOffset, valueBytes);
  }

  @Override
  public void delete(MemorySegment from, long keyOffset, int keyBytes) {
    member(ValueKind.DELETE, from, keyOffset, keyBytes, 0, 0);
  }

  private void member(
      int kind,
      MemorySegment from,
      long keyOffset,
      int keyBytes,
      long valueOffset,
      int valueBytes) {
    long at = next;
    int bytes = (int) RecordDescriptor.lengthBytes(keyBytes, valueBytes);
    long keyAt = at + RecordDescriptor.HEADER_BYTES;
    memory.set(Layouts.U64, at + bytes - Long.BYTES, 0L); // the padding
    MemorySegment.copy(from, keyOffset, memory, keyAt, keyBytes);
    MemorySegment.copy(from, valueOffset, memory, keyAt + keyBytes, valueBytes);
    RecordDescriptor.describe(memory, at, kind, keyBytes, valueBytes, 0);
    RecordDescriptor.setBatchDistance(
        memory, at, (int) ((at - header) / RecordDescriptor.ALIGNMENT));
    segment.checksum(at, bytes);
    // Seen only through the header, which is not published yet.
    segment.publish(at, bytes);
    if (waiting == INDEXED_AT_ONCE) {
      index();
    }
    hashes[waiting] = Keys.hash(memory, keyAt, keyBytes);
    offsets[waiting] = at;
    keyLengths[waiting++] = keyBytes;
    last = at;
    next = at + bytes;
  }

  private void index() {
    touched += index.touch(hashes, waiting);
    for (int i = 0; i < waiting; i++) {
      index.insert(offsets[i], keyLengths[i], hashes[i]);
    }
    waiting = 0;
  }

  /// Adds up what the operations of a batch take in the log.
  private static final class Length implements WriteBatch.Visitor {
    private long bytes = RecordDescriptor.HEADER_BYTES;

    @Override
    public void put(
        MemorySegment from, long keyOffset, int keyBytes, long valueOffset, int valueBytes) {
      bytes += RecordDescriptor.lengthBytes(keyBytes, valueBytes);
    }

    @Override
    public void delete(MemorySegment from, long keyOffset, int keyBytes) {
      bytes += RecordDescriptor.lengthBytes(keyBytes, 0);
    }
  }
}
