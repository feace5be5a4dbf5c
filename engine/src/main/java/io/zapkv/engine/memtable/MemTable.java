package io.zapkv.engine.memtable;

import io.zapkv.api.WriteBatch;
import io.zapkv.engine.base.Invariants;
import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.Layouts;
import io.zapkv.engine.format.RecordDescriptor;
import io.zapkv.engine.format.SegmentHeaderDescriptor;
import io.zapkv.engine.format.ValueKind;
import io.zapkv.engine.staging.StagingSegment;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The newest writes, in a staging segment that is log and memory at once: a put copies its record
/// there, once, and swings one slot of a hash index. Order is made only when someone asks for it.
///
/// ```
///   add ──► claim ──► copy, checksum ──► index ──► publish
///   get ──► index slot ──► record ──► previous versions, newest first
///   cursor ──► sorted runs + the tail that arrived since, sorted now
/// ```
///
/// **Threading.** Any number of threads add and get at once, without locks. They do so inside the
/// write gate and the read gate, which the caller owns: memory is released only when both are past.
///
/// **Memory.** The segment's, and an index of its own until [#release]. Adding and getting allocate
/// nothing.
///
/// **Bounds.** The segment's bytes and the index's records, whichever is reached first.
public final class MemTable {
  /* Why no skip list: a dependent cache miss costs as much as copying a kilobyte, and a skip list over
   * half a million records makes about twenty of them for each put and get. This makes two. Order
   * costs about 50 ns a record when it is made for all at once, and most records are never asked for
   * in order before they are flushed.
   */

  /// What [#add] answers where there is no room: the caller seals this table and goes on in the
  /// next.
  public static final long FULL = -1;

  /// What [#get] answers where this table says nothing about the key.
  public static final int NOT_HERE = 0;

  /// What [#get] answers where the key is deleted.
  public static final int DELETED = 1;

  /// What [#get] answers where the key has a value.
  public static final int FOUND = 2;

  private static final int RECORD_BYTES_USUAL = 128;

  private final StagingSegment segment;
  private final MemorySegment memory;
  private final IndexMemory indexMemory;
  private final HashIndex index;
  private final SortedRuns runs;
  private volatile Counted counted = new Counted(SegmentHeaderDescriptor.BYTES, new Contents(0, 0));

  /// An empty table over `segment`, in which nothing has been claimed.
  ///
  /// @param expectedRecords about how many records there will be, say as many as in the table
  ///   before; 0 where nobody knows
  public MemTable(StagingSegment segment, long expectedRecords) {
    this(
        segment,
        IndexMemory.of(
            expectedRecords > 0 ? expectedRecords : segment.segmentBytes() / RECORD_BYTES_USUAL));
  }

  /// The same with an index in memory made before, which the table takes over.
  public MemTable(StagingSegment segment, IndexMemory indexMemory) {
    Invariants.check(
        segment.tailBytes() == SegmentHeaderDescriptor.BYTES, "a memtable starts empty");
    this.segment = segment;
    this.memory = segment.memory();
    this.indexMemory = indexMemory;
    this.index = new HashIndex(memory, indexMemory.slots());
    this.runs = new SortedRuns(segment);
  }

  /// Adds a record.
  ///
  /// @param kind [ValueKind#PUT] or [ValueKind#DELETE]
  /// @return its sequence, or [#FULL]
  public long add(
      int kind,
      MemorySegment key,
      long keyOffset,
      int keyBytes,
      MemorySegment value,
      long valueOffset,
      int valueBytes) {
    Invariants.check(keyBytes <= RecordDescriptor.KEY_BYTES_MAX, "a key is too long");
    long bytes = RecordDescriptor.lengthBytes(keyBytes, valueBytes);
    long offset = claim(bytes, 1);
    if (offset == FULL) {
      return FULL;
    }
    boolean published = false;
    try {
      memory.set(Layouts.U64, offset + bytes - Long.BYTES, 0L); // the padding
      long at = offset + RecordDescriptor.HEADER_BYTES;
      MemorySegment.copy(key, keyOffset, memory, at, keyBytes);
      MemorySegment.copy(value, valueOffset, memory, at + keyBytes, valueBytes);
      finish(kind, offset, (int) bytes, keyBytes, valueBytes);
      published = true;
    } finally {
      if (!published) {
        segment.abandon(offset, (int) bytes);
      }
    }
    return segment.sequence(offset);
  }

  /// Adds a record whose key and value are arrays.
  ///
  /// @param kind [ValueKind#PUT] or [ValueKind#DELETE]
  /// @return its sequence, or [#FULL]
  public long add(
      int kind,
      byte[] key,
      int keyOffset,
      int keyBytes,
      byte[] value,
      int valueOffset,
      int valueBytes) {
    Invariants.check(keyBytes <= RecordDescriptor.KEY_BYTES_MAX, "a key is too long");
    long bytes = RecordDescriptor.lengthBytes(keyBytes, valueBytes);
    long offset = claim(bytes, 1);
    if (offset == FULL) {
      return FULL;
    }
    boolean published = false;
    try {
      memory.set(Layouts.U64, offset + bytes - Long.BYTES, 0L); // the padding
      long at = offset + RecordDescriptor.HEADER_BYTES;
      MemorySegment.copy(key, keyOffset, memory, ValueLayout.JAVA_BYTE, at, keyBytes);
      MemorySegment.copy(
          value, valueOffset, memory, ValueLayout.JAVA_BYTE, at + keyBytes, valueBytes);
      finish(kind, offset, (int) bytes, keyBytes, valueBytes);
      published = true;
    } finally {
      if (!published) {
        segment.abandon(offset, (int) bytes);
      }
    }
    return segment.sequence(offset);
  }

  /// Adds all of `batch` as one: whoever sees one of its records sees all of them.
  ///
  /// @param batch with one operation at least
  /// @return the sequence of its last record, or [#FULL]
  public long add(WriteBatch batch) {
    Invariants.check(batch.count() > 0, "an empty batch is no write");
    long length = BatchCopy.lengthBytes(batch);
    long offset = claim(length, batch.count());
    if (offset == FULL) {
      return FULL;
    }
    int bytes = (int) length;
    boolean published = false;
    try {
      long last = new BatchCopy(segment, index, offset).addAll(batch);
      int memberBytes = bytes - RecordDescriptor.HEADER_BYTES;
      RecordDescriptor.describe(memory, offset, ValueKind.BATCH, 0, memberBytes, batch.count());
      segment.checksum(offset, bytes);
      segment.publish(offset, bytes);
      published = true;
      return segment.sequence(last);
    } finally {
      if (!published) {
        segment.abandon(offset, bytes);
      }
    }
  }

  /// Finds the newest published version of a key whose sequence is at most `snapshotSequence`.
  ///
  /// @param hash [Keys#hash] of the key
  /// @param out filled where the answer is not [#NOT_HERE]
  /// @return [#NOT_HERE], [#DELETED] or [#FOUND]
  public int get(
      MemorySegment key,
      long keyOffset,
      int keyBytes,
      long hash,
      long snapshotSequence,
      Result out) {
    long offset = index.newest(key, keyOffset, keyBytes, hash);
    while (offset != 0) {
      if (segment.sequence(offset) <= snapshotSequence && segment.isVisible(offset)) {
        int kind = RecordDescriptor.kind(memory, offset);
        out.segment = memory;
        out.offset = offset + RecordDescriptor.HEADER_BYTES + keyBytes;
        out.length = RecordDescriptor.valueBytes(memory, offset);
        out.sequence = segment.sequence(offset);
        return kind == ValueKind.DELETE ? DELETED : FOUND;
      }
      offset = (long) RecordDescriptor.previous(memory, offset) * RecordDescriptor.ALIGNMENT;
    }
    return NOT_HERE;
  }

  /// Walks the published records whose sequence is at most `snapshotSequence`.
  ///
  /// Requires: every add that could have been given such a sequence is over (the write gate was
  /// quiescent after the snapshot was taken). Sorts what arrived since the last cursor, on the
  /// caller.
  public InternalCursor cursor(long snapshotSequence) {
    return new MemTableCursor(segment, runs.upTo(snapshotSequence), snapshotSequence);
  }

  /// Whether an add may have been refused for want of room; the table then stays as it is.
  public boolean isFull() {
    return index.size() >= index.capacity()
        || segment.segmentBytes() - segment.tailBytes() < RecordDescriptor.HEADER_BYTES;
  }

  /// Ends adding for good.
  ///
  /// @return the sequence at which the next segment starts
  public long seal() {
    return segment.sequence(segment.seal());
  }

  /// The sequence of the place after all adds so far: a snapshot sees what is below.
  public long endSequence() {
    return segment.endSequence();
  }

  /// Records, all versions counted; adds in progress included.
  public long records() {
    return index.size();
  }

  /// Whether nothing was ever added.
  public boolean isEmpty() {
    return segment.tailBytes() == SegmentHeaderDescriptor.BYTES;
  }

  /// Bytes of records, as the log counts them.
  public long approximateBytes() {
    return segment.tailBytes() - SegmentHeaderDescriptor.BYTES;
  }

  /// Bytes of memory that the index takes, beside the segment.
  public long indexBytes() {
    return index.bytes();
  }

  /// What was written here up to now. Walks the records that are new since it was last asked: for
  /// figures, not for decisions.
  public Contents contents() {
    Counted before = counted;
    long operations = before.contents.operations;
    long userBytes = before.contents.userBytes;
    long end = segment.resolvedTo(before.endBytes, segment.tailBytes());
    long offset = before.endBytes;
    while (offset < end) {
      int bytes = RecordDescriptor.lengthBytes(RecordDescriptor.state(memory, offset));
      if (!segment.isVisible(offset)) {
        offset += bytes; // abandoned
      } else if (RecordDescriptor.kind(memory, offset) == ValueKind.BATCH) {
        offset += RecordDescriptor.HEADER_BYTES; // its members follow
      } else {
        operations++;
        userBytes +=
            (long) RecordDescriptor.keyBytes(memory, offset)
                + RecordDescriptor.valueBytes(memory, offset);
        offset += bytes;
      }
    }
    Contents contents = new Contents(operations, userBytes);
    counted = new Counted(offset, contents);
    return contents;
  }

  /// What was found in the records up to `endBytes` of the segment.
  private record Counted(long endBytes, Contents contents) {}

  /// What was written to a table.
  ///
  /// @param operations puts and deletes
  /// @param userBytes bytes of their keys and values
  public record Contents(long operations, long userBytes) {}

  /// The segment the records are in.
  public StagingSegment segment() {
    return segment;
  }

  /// Frees the index. Nobody uses the table any more; giving the segment back is the caller's to
  /// do.
  public void release() {
    indexMemory.close();
  }

  private long claim(long bytes, int records) {
    if (bytes > segment.segmentBytes() || !index.reserve(records)) {
      return FULL;
    }
    long offset = segment.claim(bytes);
    return offset == StagingSegment.FULL ? FULL : offset;
  }

  private void finish(int kind, long offset, int bytes, int keyBytes, int valueBytes) {
    RecordDescriptor.describe(memory, offset, kind, keyBytes, valueBytes, 0);
    segment.checksum(offset, bytes);
    long hash = Keys.hash(memory, offset + RecordDescriptor.HEADER_BYTES, keyBytes);
    index.insert(offset, keyBytes, hash);
    segment.publish(offset, bytes);
  }

  /// Where [MemTable#get] puts what it found. Made once and used for many gets.
  ///
  /// **Memory.** The bytes are good while the caller is inside the read gate.
  public static final class Result {
    private MemorySegment segment = MemorySegment.NULL;
    private long offset;
    private int length;
    private long sequence;

    /// Holds nothing yet.
    public Result() {}

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

    /// The sequence of the version found.
    public long sequence() {
      return sequence;
    }
  }
}
