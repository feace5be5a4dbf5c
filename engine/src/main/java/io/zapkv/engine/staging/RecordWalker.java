package io.zapkv.engine.staging;

import io.zapkv.engine.format.RecordDescriptor;
import io.zapkv.engine.format.ValueKind;
import java.lang.foreign.MemorySegment;

/// Walks the records in bytes that a crash left behind, in order, and believes nothing: every
/// length, tag, place and checksum is verified before it is used, and a batch is there as a whole
/// or not at all.
///
/// Strict stops at the first byte that is not part of a whole record: after a power cut, what
/// follows a gap may be anything. Lenient steps over claims that were never published, to the next
/// whole record: memory that only outlived its process holds all that was ever acknowledged, so
/// that such a claim was not. A batch's members are not taken for records while their header is
/// missing.
///
/// **Threading.** One thread.
///
/// **Bounds.** Looks at no byte outside of [from, limit), and at each at most a few times.
public final class RecordWalker {
  /// What to do about a claim that was never published.
  public enum Gaps {
    STOP,
    STEP_OVER
  }

  private final MemorySegment memory;
  private final int tag;
  private final long firstSequence;
  private final long from;
  private final long limit;
  private final Gaps gaps;

  private long position; // all before it has been walked
  private long batchEnd; // members of the batch walked now end here; at most position outside
  private long offset;
  private long steppedOverBytes;

  /// Walks `memory` from `from`, where a claim starts whose sequence is `firstSequence`, to
  /// `limit`.
  ///
  /// @param tag what the records carry
  public RecordWalker(
      MemorySegment memory, int tag, long firstSequence, long from, long limit, Gaps gaps) {
    this.memory = memory;
    this.tag = tag;
    this.firstSequence = firstSequence;
    this.from = from;
    this.limit = Math.min(limit, memory.byteSize());
    this.gaps = gaps;
    this.position = from;
  }

  /// Moves to the next record, which is never a batch's header; false at the end.
  public boolean next() {
    while (position < limit) {
      if (position < batchEnd) {
        return step(position);
      }
      if (isWholeClaim(position)) {
        if (RecordDescriptor.kind(memory, position) != ValueKind.BATCH) {
          return step(position);
        }
        batchEnd = position + lengthAt(position);
        position += RecordDescriptor.HEADER_BYTES;
      } else {
        long next = isAbandoned(position) ? position + lengthAt(position) : nextClaim(position);
        if (next > limit) {
          return false;
        }
        steppedOverBytes += next - position;
        position = next;
      }
    }
    return false;
  }

  /// Where the current record starts.
  public long offset() {
    return offset;
  }

  /// The current record's sequence.
  public long sequence() {
    return sequence(offset);
  }

  /// Everything before this offset has been walked; at the end, where the walk came to a halt.
  public long position() {
    return position;
  }

  /// The sequence of the place at [#position].
  public long endSequence() {
    return sequence(position);
  }

  /// Bytes of claims given up or never published that were stepped over.
  public long steppedOverBytes() {
    return steppedOverBytes;
  }

  /// Whether the walk came to a halt at a record that says it is published and yet is not whole.
  public boolean isHaltedByDamage() {
    return position < limit && isDamaged(position);
  }

  private boolean step(long at) {
    offset = at;
    position = at + lengthAt(at);
    return true;
  }

  private long sequence(long at) {
    return firstSequence + (at - from) / RecordDescriptor.ALIGNMENT;
  }

  private int lengthAt(long at) {
    return RecordDescriptor.lengthBytes(RecordDescriptor.state(memory, at));
  }

  private boolean isAbandoned(long at) {
    if (limit - at < Long.BYTES) {
      return false;
    }
    long state = RecordDescriptor.state(memory, at);
    int length = RecordDescriptor.lengthBytes(state);
    return RecordDescriptor.isResolved(state, tag)
        && !RecordDescriptor.isPublished(state, tag)
        && length >= RecordDescriptor.HEADER_BYTES
        && length % RecordDescriptor.ALIGNMENT == 0
        && length <= limit - at;
  }

  private boolean isWholeClaim(long at) {
    return RecordDescriptor.isWhole(memory, at, limit, tag, sequence(at))
        && RecordDescriptor.batchDistance(memory, at) == 0
        && (RecordDescriptor.kind(memory, at) != ValueKind.BATCH || isWholeBatch(at));
  }

  private boolean isWholeBatch(long at) {
    long end = at + lengthAt(at);
    int membersLeft = RecordDescriptor.members(memory, at);
    long member = at + RecordDescriptor.HEADER_BYTES;
    while (member < end) {
      boolean good =
          membersLeft > 0
              && RecordDescriptor.isWhole(memory, member, end, tag, sequence(member))
              && RecordDescriptor.kind(memory, member) != ValueKind.BATCH
              && RecordDescriptor.batchDistance(memory, member)
                  == (member - at) / RecordDescriptor.ALIGNMENT;
      if (!good) {
        return false;
      }
      membersLeft--;
      member += lengthAt(member);
    }
    return member == end && membersLeft == 0;
  }

  /// The next place where a claim is over, past one that is not; beyond the limit where there is
  /// none.
  private long nextClaim(long at) {
    if (gaps == Gaps.STOP || isDamaged(at)) {
      return Long.MAX_VALUE;
    }
    for (long next = at + RecordDescriptor.ALIGNMENT;
        next < limit;
        next += RecordDescriptor.ALIGNMENT) {
      if (isWholeClaim(next)) {
        return next;
      }
    }
    return Long.MAX_VALUE;
  }

  // What says that it is published and yet is not whole may have been acknowledged: no stepping
  // over.
  private boolean isDamaged(long at) {
    return limit - at >= Long.BYTES
        && RecordDescriptor.isPublished(RecordDescriptor.state(memory, at), tag);
  }
}
