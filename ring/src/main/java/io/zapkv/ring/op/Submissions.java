package io.zapkv.ring.op;

import io.zapkv.ring.CompletionHandler;
import io.zapkv.ring.Ring;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.RingStats;
import io.zapkv.ring.op.Operation.Kind;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The owner's side of a ring: its slots, the queue of what was submitted and not flushed, and the
/// delivery of completions.
///
/// **Threading.** Belongs to the ring's owner.
///
/// **Memory.** Allocates all slots at once and nothing afterwards.
///
/// **Bounds.** As many slots as the ring has capacity. A slot is taken at submission and free again
/// when its completion is delivered, so an inbox with one place for each slot cannot overflow.
public final class Submissions {
  /// Results are ints, hence so are lengths.
  private static final long LENGTH_BYTES_MAX = Integer.MAX_VALUE;

  private final Operation[] free;
  private final Operation[] slots;
  private int freeCount;
  private @Nullable Operation queueHead;
  private @Nullable Operation queueTail;
  private boolean delivering;
  private boolean closed;
  private long submitted;
  private long completed;
  private long refused;
  private long failed;

  /// Makes the slots of a ring.
  public Submissions(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be at least 1, got " + capacity);
    }
    slots = new Operation[capacity];
    free = new Operation[capacity];
    for (int slot = 0; slot < capacity; slot++) {
      slots[slot] = new Operation(slot);
      // Taken from the end: low slots first, which keeps a shallow ring's slots warm.
      free[capacity - 1 - slot] = slots[slot];
    }
    freeCount = capacity;
  }

  /// How many slots there are.
  public int capacity() {
    return slots.length;
  }

  /// How many slots are taken.
  public int outstanding() {
    return slots.length - freeCount;
  }

  /// The operation that lives in a slot.
  public Operation at(int slot) {
    return slots[slot];
  }

  /// Queues an operation on a file.
  ///
  /// @return false where no slot is free and nothing was queued
  public boolean add(
      Kind kind, RingFile file, long offsetBytes, MemorySegment buffer, int flags, long token) {
    checkTransfer(offsetBytes, buffer.byteSize());
    if (kind == Kind.READ && buffer.isReadOnly()) {
      throw new IllegalArgumentException("the target of a read must be writable");
    }
    Operation operation = take(flags);
    if (operation == null) {
      return false;
    }
    operation.kind = kind;
    operation.file = file;
    operation.offsetBytes = offsetBytes;
    operation.buffer = buffer;
    operation.lengthBytes = buffer.byteSize();
    operation.token = token;
    return true;
  }

  /// Queues a gathered write.
  ///
  /// @return false where no slot is free and nothing was queued
  public boolean addWritev(
      RingFile file, long offsetBytes, MemorySegment[] sources, int count, int flags, long token) {
    if (count < 1 || count > Math.min(sources.length, Ring.VECTORS_MAX)) {
      throw new IllegalArgumentException(
          "a gathered write has 1 to "
              + Math.min(sources.length, Ring.VECTORS_MAX)
              + " buffers here, got "
              + count);
    }
    long lengthBytes = 0;
    for (int i = 0; i < count; i++) {
      lengthBytes += sources[i].byteSize();
    }
    checkTransfer(offsetBytes, lengthBytes);
    Operation operation = take(flags);
    if (operation == null) {
      return false;
    }
    operation.kind = Kind.WRITEV;
    operation.file = file;
    operation.offsetBytes = offsetBytes;
    operation.vectors = sources;
    operation.vectorCount = count;
    operation.lengthBytes = lengthBytes;
    operation.token = token;
    return true;
  }

  /// Queues a command and copies its bytes.
  ///
  /// @return false where no slot is free and nothing was queued
  public boolean addCommand(
      RingFile file, int command, MemorySegment payload, int flags, long token) {
    long bytes = payload.byteSize();
    if (bytes > Ring.COMMAND_BYTES_MAX) {
      throw new IllegalArgumentException(
          "a command is at most " + Ring.COMMAND_BYTES_MAX + " bytes, got " + bytes);
    }
    Operation operation = take(flags);
    if (operation == null) {
      return false;
    }
    operation.kind = Kind.COMMAND;
    operation.file = file;
    operation.command = command;
    MemorySegment.copy(payload, 0, operation.payload(), 0, bytes);
    operation.payload().asSlice(bytes).fill((byte) 0);
    operation.token = token;
    return true;
  }

  private static void checkTransfer(long offsetBytes, long lengthBytes) {
    if (offsetBytes < 0) {
      throw new IllegalArgumentException("offset must not be negative, got " + offsetBytes);
    }
    if (lengthBytes > LENGTH_BYTES_MAX) {
      throw new IllegalArgumentException(
          "a transfer is at most " + LENGTH_BYTES_MAX + " bytes, got " + lengthBytes);
    }
  }

  /// Queues an operation that does nothing.
  ///
  /// @return false where no slot is free and nothing was queued
  public boolean addNop(int flags, long token) {
    Operation operation = take(flags);
    if (operation == null) {
      return false;
    }
    operation.kind = Kind.NOP;
    operation.token = token;
    return true;
  }

  private @Nullable Operation take(int flags) {
    checkOpen();
    if ((flags & ~Ring.LINK) != 0) {
      throw new IllegalArgumentException("unknown flags " + Integer.toHexString(flags));
    }
    if (freeCount == 0) {
      refused++;
      return null;
    }
    Operation operation = free[--freeCount];
    operation.taken = true;
    operation.linked = (flags & Ring.LINK) != 0;
    if (queueTail == null) {
      queueHead = operation;
    } else {
      queueTail.next = operation;
    }
    queueTail = operation;
    submitted++;
    return operation;
  }

  /// Marks what was submitted with `token` as cancelled: it does nothing where it is run from now
  /// on.
  public void cancel(long token) {
    checkOpen();
    for (Operation operation : slots) {
      if (operation.taken && operation.token == token) {
        operation.cancel();
      }
    }
  }

  /// Takes the oldest chain from the queue: an operation and all that is chained to it, tied
  /// together by [Operation#next]. A single operation is a chain of one.
  public @Nullable Operation takeChain() {
    Operation first = queueHead;
    if (first == null) {
      return null;
    }
    Operation last = first;
    for (Operation after = last.next; last.linked && after != null; after = last.next) {
      last = after;
    }
    queueHead = last.next;
    if (queueHead == null) {
      queueTail = null;
    }
    last.next = null;
    return first;
  }

  /// Opens a round of deliveries; to be followed by [#endDelivery], come what may.
  public void beginDelivery() {
    checkOpen();
    if (delivering) {
      throw new IllegalStateException("a completion handler must not poll its own ring");
    }
    delivering = true;
  }

  /// Ends a round of deliveries.
  public void endDelivery() {
    delivering = false;
  }

  /// Frees the slot of a finished operation, then tells the handler: it may use the slot at once.
  public void deliver(Operation operation, CompletionHandler handler) {
    long token = operation.token;
    int result = operation.result();
    long detail = operation.detail();
    completed++;
    if (result < 0) {
      failed++;
    }
    release(operation);
    handler.onCompletion(token, result, detail);
  }

  /// Frees the slot of an operation whose completion nobody will take.
  public void release(Operation operation) {
    operation.clear();
    free[freeCount++] = operation;
  }

  /// Refuses everything from now on; frees the slots of what was queued and never flushed.
  ///
  /// @return false where that has been done before
  public boolean close() {
    if (closed) {
      return false;
    }
    if (delivering) {
      throw new IllegalStateException("a completion handler must not close its own ring");
    }
    closed = true;
    for (Operation chain = takeChain(); chain != null; chain = takeChain()) {
      for (Operation each = chain; each != null; ) {
        Operation following = each.next;
        release(each);
        each = following;
      }
    }
    return true;
  }

  /// The counts so far.
  public RingStats stats() {
    return new RingStats(submitted, completed, refused, failed);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the ring is closed");
    }
  }
}
