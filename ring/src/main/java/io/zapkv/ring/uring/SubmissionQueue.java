package io.zapkv.ring.uring;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/// Our half of the submission queue: entries are filled here, and taken by the kernel during
/// `io_uring_enter` only, as there is no polling thread of its own.
///
/// The tail is stored with release, so that the kernel, which loads it with acquire, sees whole
/// entries. The array between tail and entries is the identity for good.
///
/// **Bounds.** At least as long as the ring has slots, and each slot has one entry at most: so
/// there is always room.
final class SubmissionQueue {
  private static final VarHandle INT = JAVA_INT.varHandle();

  private final MemorySegment ring;
  private final MemorySegment entries;
  private final long tailAt;
  private final long ringFlagsAt;
  private final int entryBytes;
  private final int mask;
  private int tail;
  private int taken;

  /// @param ring the mapping that head, tail and flags lie in
  /// @param entries the mapping of the entries
  /// @param params as the kernel returned them
  SubmissionQueue(MemorySegment ring, MemorySegment entries, MemorySegment params, boolean big) {
    this.ring = ring;
    this.entries = entries;
    tailAt = params.get(JAVA_INT, ParamsDescriptor.SQ_TAIL);
    ringFlagsAt = params.get(JAVA_INT, ParamsDescriptor.SQ_FLAGS);
    entryBytes = big ? SqeDescriptor.BIG_BYTES : SqeDescriptor.BYTES;
    int length = params.get(JAVA_INT, ParamsDescriptor.SQ_ENTRIES);
    mask = length - 1;
    long arrayAt = params.get(JAVA_INT, ParamsDescriptor.SQ_ARRAY);
    for (int index = 0; index < length; index++) {
      ring.set(JAVA_INT, arrayAt + (long) index * Integer.BYTES, index);
    }
  }

  /// The entries' memory.
  MemorySegment entries() {
    return entries;
  }

  /// Takes the next entry; answers its place in [#entries].
  long claim() {
    if (tail - taken > mask) {
      throw new AssertionError("more entries than the ring has slots");
    }
    return place(tail++);
  }

  private long place(int position) {
    return (long) (position & mask) * entryBytes;
  }

  /// Shows the kernel all entries that were claimed; answers how many it has not taken.
  int publish() {
    INT.setRelease(ring, tailAt, tail);
    return tail - taken;
  }

  /// How many entries the kernel has not taken.
  int waiting() {
    return tail - taken;
  }

  /// The kernel took so many.
  void advance(int count) {
    taken += count;
  }

  /// Whether the last entry that the kernel took is linked to the first one that it left.
  boolean isChainCut() {
    byte flags = entries.get(JAVA_BYTE, place(taken - 1) + SqeDescriptor.FLAGS);
    return tail != taken && (flags & UringAbi.SQE_IO_LINK) != 0;
  }

  /// The slot of the last entry that the kernel took.
  int lastTakenSlot() {
    return (int) entries.get(JAVA_LONG, place(taken - 1) + SqeDescriptor.USER_DATA);
  }

  /// Takes back the rest of a chain that was cut: the first `count` waiting entries; those behind
  /// them move up.
  void withdraw(int count) {
    long flagsAt = place(taken - 1) + SqeDescriptor.FLAGS;
    entries.set(
        JAVA_BYTE, flagsAt, (byte) (entries.get(JAVA_BYTE, flagsAt) & ~UringAbi.SQE_IO_LINK));
    for (int position = taken + count; position != tail; position++) {
      MemorySegment.copy(entries, place(position), entries, place(position - count), entryBytes);
    }
    tail -= count;
    publish();
  }

  /// Whether the kernel holds completions back, or has work for us that only an enter does.
  boolean needsEnter() {
    int flags = (int) INT.getAcquire(ring, ringFlagsAt);
    return (flags & (UringAbi.SQ_CQ_OVERFLOW | UringAbi.SQ_TASKRUN)) != 0;
  }
}
