package io.zapkv.engine.staging;

import io.zapkv.engine.base.Invariants;
import io.zapkv.engine.base.SparePool;
import io.zapkv.engine.format.RangeChecksum;
import io.zapkv.engine.format.RecordDescriptor;
import io.zapkv.engine.format.SegmentHeaderDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// A piece of the staging log: writers claim room in it, copy their record there, and publish it.
///
/// ```
///   claim ──► copy, describe, checksum ──► publish      the record is there, for readers and recovery
///     │ FULL: take the next segment      └► abandon     the room is lost, the record never was
/// ```
///
/// The place of a claim is its record's sequence: the order of claims is the order of the history,
/// and it has no holes, because the next segment starts with the sequence at which this one ended.
///
/// **Threading.** Any number of threads claim and read at once. A claim belongs to its claimer
/// until published or abandoned, which must happen.
///
/// **Memory.** The bytes belong to the [StagingArea] and are reused after [StagingArea#release];
/// who reads them is protected by the caller's gate.
///
/// **Bounds.** At most 1 GiB, so that a place fits an int.
public final class StagingSegment {
  /// What [#claim] answers where the room does not suffice or the segment is sealed.
  public static final long FULL = -1;

  /// The smallest segment there may be.
  public static final long BYTES_MIN = 2L * SegmentHeaderDescriptor.BYTES;

  /// The largest segment there may be.
  public static final long BYTES_MAX = 1L << 30;

  private static final VarHandle TAIL =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
  private static final long SEALED = Long.MIN_VALUE;

  private final MemorySegment memory;
  private final SparePool<RangeChecksum> checksums;
  private final SegmentHeaderDescriptor header;
  private final long zeroSequence; // the sequence that offset 0 would have
  private final int tag;
  private final long segmentBytes;

  /// `memory` as `header` says, its tail as it stands.
  StagingSegment(MemorySegment memory, SegmentHeaderDescriptor header) {
    Invariants.check(
        memory.byteSize() == header.segmentBytes() && header.segmentBytes() <= BYTES_MAX,
        "a segment is as long as its header says");
    this.memory = memory;
    this.checksums = new SparePool<>(() -> new RangeChecksum(memory));
    this.header = header;
    this.zeroSequence =
        header.baseSequence() - SegmentHeaderDescriptor.BYTES / RecordDescriptor.ALIGNMENT;
    this.tag = header.tag();
    this.segmentBytes = header.segmentBytes();
  }

  /// Starts a new use of `memory`. Whatever a crash leaves of this is either no segment or an empty
  /// one.
  static StagingSegment start(MemorySegment memory, SegmentHeaderDescriptor header) {
    SegmentHeaderDescriptor.invalidate(memory);
    TAIL.setVolatile(
        memory, (long) SegmentHeaderDescriptor.TAIL_OFFSET, (long) SegmentHeaderDescriptor.BYTES);
    header.write(memory);
    VarHandle.fullFence();
    return new StagingSegment(memory, header);
  }

  /// Claims room.
  ///
  /// @param bytes a multiple of [RecordDescriptor#ALIGNMENT]
  /// @return the offset of the room, or [#FULL]
  public long claim(long bytes) {
    assert bytes > 0 && bytes % RecordDescriptor.ALIGNMENT == 0;
    while (true) {
      long tail = (long) TAIL.getVolatile(memory, (long) SegmentHeaderDescriptor.TAIL_OFFSET);
      if (tail < 0 || bytes > segmentBytes - tail) {
        return FULL;
      }
      if (TAIL.compareAndSet(
          memory, (long) SegmentHeaderDescriptor.TAIL_OFFSET, tail, tail + bytes)) {
        return tail;
      }
    }
  }

  /// Writes the checksum of the record, member or batch's header of `lengthBytes` bytes at
  /// `offset`, which is complete but for its state.
  public void checksum(long offset, int lengthBytes) {
    RangeChecksum checksum = checksums.take();
    RecordDescriptor.seal(
        memory, checksum, offset, sequence(offset), RecordDescriptor.published(tag, lengthBytes));
    checksums.give(checksum);
  }

  /// Shows the record or batch of `lengthBytes` bytes at `offset` to everyone.
  public void publish(long offset, int lengthBytes) {
    RecordDescriptor.setState(memory, offset, RecordDescriptor.published(tag, lengthBytes));
  }

  /// Gives up a claim: nobody will ever see a record there, and nobody waits for it any more.
  public void abandon(long offset, int lengthBytes) {
    RecordDescriptor.setState(memory, offset, RecordDescriptor.abandoned(tag, lengthBytes));
  }

  /// Ends claiming for good.
  ///
  /// @return [#tailBytes], which does not change any more
  public long seal() {
    while (true) {
      long tail = (long) TAIL.getVolatile(memory, (long) SegmentHeaderDescriptor.TAIL_OFFSET);
      if (tail < 0
          || TAIL.compareAndSet(
              memory, (long) SegmentHeaderDescriptor.TAIL_OFFSET, tail, tail | SEALED)) {
        return tail & ~SEALED;
      }
    }
  }

  /// Whether claiming has ended.
  public boolean isSealed() {
    return (long) TAIL.getVolatile(memory, (long) SegmentHeaderDescriptor.TAIL_OFFSET) < 0;
  }

  /// Bytes claimed so far, from the segment's start: where the next claim will lie.
  public long tailBytes() {
    return (long) TAIL.getVolatile(memory, (long) SegmentHeaderDescriptor.TAIL_OFFSET) & ~SEALED;
  }

  /// The sequence of the place after all claims so far.
  public long endSequence() {
    return sequence(tailBytes());
  }

  /// Where the claims that were over when last looked at end: the first offset at or after `from`,
  /// itself the start of a claim, whose claim is still in progress, or `limit`.
  public long resolvedTo(long from, long limit) {
    long offset = from;
    while (offset < limit) {
      long state = RecordDescriptor.state(memory, offset);
      if (!RecordDescriptor.isResolved(state, tag)) {
        return offset;
      }
      offset += RecordDescriptor.lengthBytes(state);
    }
    return offset;
  }

  /// Whether the record at `offset`, or the batch it is in, is published.
  public boolean isVisible(long offset) {
    if (!RecordDescriptor.isPublished(RecordDescriptor.state(memory, offset), tag)) {
      return false;
    }
    int distance = RecordDescriptor.batchDistance(memory, offset);
    return distance == 0
        || RecordDescriptor.isPublished(
            RecordDescriptor.state(memory, offset - (long) distance * RecordDescriptor.ALIGNMENT),
            tag);
  }

  /// The sequence of the record at `offset`.
  public long sequence(long offset) {
    return zeroSequence + offset / RecordDescriptor.ALIGNMENT;
  }

  /// The offset of the record with `sequence`.
  public long offset(long sequence) {
    return (sequence - zeroSequence) * RecordDescriptor.ALIGNMENT;
  }

  /// All bytes of the segment, header included.
  public MemorySegment memory() {
    return memory;
  }

  /// What this use's records carry.
  public int tag() {
    return tag;
  }

  /// The segment's number, ascending within the epoch.
  public long number() {
    return header.number();
  }

  /// How often the store had been opened for writing when the segment was started.
  public int epoch() {
    return header.epoch();
  }

  /// The sequence at the segment's first record.
  public long baseSequence() {
    return header.baseSequence();
  }

  /// Bytes of the whole segment.
  public long segmentBytes() {
    return segmentBytes;
  }
}
