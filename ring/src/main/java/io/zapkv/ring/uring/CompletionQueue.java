package io.zapkv.ring.uring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/// Our half of the completion queue.
///
/// The tail is loaded with acquire, which pairs with the kernel's release after it wrote an entry;
/// the head is stored with release, once for a batch, so that the kernel writes no entry anew
/// before we have read it.
final class CompletionQueue {
  private static final VarHandle INT = JAVA_INT.varHandle();

  /// Takes what has completed.
  interface Arrivals {
    void arrived(long userData, int result, long detail);
  }

  private final MemorySegment ring;
  private final long headAt;
  private final long tailAt;
  private final long overflowAt;
  private final long entriesAt;
  private final int entryBytes;
  private final boolean big;
  private final int mask;
  private int head;

  /// @param ring the mapping that head, tail and entries lie in
  /// @param params as the kernel returned them
  CompletionQueue(MemorySegment ring, MemorySegment params, boolean big) {
    this.ring = ring;
    this.big = big;
    headAt = params.get(JAVA_INT, ParamsDescriptor.CQ_HEAD);
    tailAt = params.get(JAVA_INT, ParamsDescriptor.CQ_TAIL);
    overflowAt = params.get(JAVA_INT, ParamsDescriptor.CQ_OVERFLOW);
    entriesAt = params.get(JAVA_INT, ParamsDescriptor.CQ_CQES);
    entryBytes = big ? CqeDescriptor.BIG_BYTES : CqeDescriptor.BYTES;
    mask = params.get(JAVA_INT, ParamsDescriptor.CQ_ENTRIES) - 1;
  }

  /// Hands over all that is there; answers how much that was.
  int take(Arrivals arrivals) {
    int tail = (int) INT.getAcquire(ring, tailAt);
    int count = tail - head;
    if (count == 0) {
      return 0;
    }
    for (; head != tail; head++) {
      long at = entriesAt + (long) (head & mask) * entryBytes;
      arrivals.arrived(
          ring.get(JAVA_LONG, at + CqeDescriptor.USER_DATA),
          ring.get(JAVA_INT, at + CqeDescriptor.RES),
          big ? ring.get(JAVA_LONG, at + CqeDescriptor.BIG_CQE) : 0);
    }
    INT.setRelease(ring, headAt, head);
    return count;
  }

  /// How many completions the kernel has dropped: of what finds no room here it keeps a list, and
  /// this counts what it had no memory for.
  int dropped() {
    return (int) INT.getAcquire(ring, overflowAt);
  }
}
