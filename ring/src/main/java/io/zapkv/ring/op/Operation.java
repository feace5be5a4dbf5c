package io.zapkv.ring.op;

import io.zapkv.ring.Errno;
import io.zapkv.ring.Ring;
import io.zapkv.ring.RingFile;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// One slot of a ring: an operation from its submission to the delivery of its completion.
///
/// **Memory.** A ring allocates its slots when it opens and uses them over and over. A free slot
/// holds on to no file and no buffer.
public final class Operation {
  /// What an operation does.
  public enum Kind {
    /// Fills the buffer from the file.
    READ,
    /// Writes the buffer to the file.
    WRITE,
    /// Writes several buffers to the file, one behind the other.
    WRITEV,
    /// Makes completed writes to the file survive a power cut.
    SYNC,
    /// A command of the file's own.
    COMMAND,
    /// Nothing.
    NOP
  }

  private static final MemorySegment[] NO_VECTORS = {};

  private final int slot;
  private final MemorySegment payload = MemorySegment.ofArray(new long[Ring.COMMAND_BYTES_MAX / 8]);
  Kind kind = Kind.NOP;
  RingFile file = Nowhere.INSTANCE;
  long offsetBytes;
  MemorySegment buffer = MemorySegment.NULL;
  MemorySegment[] vectors = NO_VECTORS;
  int vectorCount;
  long lengthBytes;
  int command;
  boolean linked;
  boolean taken;
  long token;
  @Nullable Operation next;
  private int result;
  private long detail;

  /// Set by the ring's owner while a worker may be about to run the operation.
  private volatile boolean cancelled;

  Operation(int slot) {
    this.slot = slot;
  }

  /// The number of this slot, from zero to the ring's capacity less one.
  public int slot() {
    return slot;
  }

  /// What this operation does.
  public Kind kind() {
    return kind;
  }

  /// The file it works on.
  public RingFile file() {
    return file;
  }

  /// Where in the file.
  public long offsetBytes() {
    return offsetBytes;
  }

  /// The bytes that a read or a write moves; empty for all others.
  public MemorySegment buffer() {
    return buffer;
  }

  /// The buffers of a gathered write; the first [#vectorCount] of them count.
  public MemorySegment[] vectors() {
    return vectors;
  }

  /// How many buffers a gathered write has.
  public int vectorCount() {
    return vectorCount;
  }

  /// How many bytes it moves when it succeeds; zero where it moves none.
  public long lengthBytes() {
    return lengthBytes;
  }

  /// Which kind of command it is.
  public int command() {
    return command;
  }

  /// The bytes of a command, zeros behind its end; [Ring#COMMAND_BYTES_MAX] of them.
  public MemorySegment payload() {
    return payload;
  }

  /// The operation chained behind this one. To be asked before this one is completed: its slot may
  /// be used anew from then on.
  public @Nullable Operation next() {
    return next;
  }

  /// Bytes moved, or a negated errno, as set by [#finish].
  public int result() {
    return result;
  }

  /// Whether its owner wants it no more, see [Ring#cancel].
  public boolean isCancelled() {
    return cancelled;
  }

  void cancel() {
    cancelled = true;
  }

  /// The device's own answer, as set by [#finish]; zero where it gave none.
  public long detail() {
    return detail;
  }

  /// Fixes the result that the completion will carry, with no answer of a device.
  public void finish(int finalResult) {
    finish(finalResult, 0);
  }

  /// Fixes all that the completion will carry.
  public void finish(int finalResult, long finalDetail) {
    result = finalResult;
    detail = finalDetail;
  }

  /// Whether this operation and all behind it in the chain only copy memory.
  public boolean isMemoryChain() {
    for (Operation each = this; each != null; each = each.next) {
      if (!each.file.isMemory()) {
        return false;
      }
    }
    return true;
  }

  /// Does what the operation says, by the methods of its file, to the first `partBytes` of what it
  /// moves.
  ///
  /// @return bytes moved, or a negated errno
  public int run(long partBytes) {
    if (cancelled) {
      return -Errno.ECANCELED;
    }
    try {
      return switch (kind) {
        case READ -> file.read(offsetBytes, front(buffer, partBytes));
        case WRITE -> file.write(offsetBytes, front(buffer, partBytes));
        case WRITEV -> gather(partBytes);
        case SYNC -> file.sync();
        case COMMAND -> -Errno.EOPNOTSUPP;
        case NOP -> 0;
      };
    } catch (RuntimeException _) {
      // A buffer that was freed, or confined to another thread, is only found out here. The kernel
      // says EFAULT to the same mistake; losing the completion would leave its owner waiting.
      return -Errno.EFAULT;
    }
  }

  private static MemorySegment front(MemorySegment bytes, long partBytes) {
    return partBytes == bytes.byteSize() ? bytes : bytes.asSlice(0, partBytes);
  }

  private int gather(long partBytes) {
    if (partBytes == lengthBytes) {
      return file.writev(offsetBytes, vectors, vectorCount);
    }
    long moved = 0;
    for (int i = 0; moved < partBytes; i++) {
      long now = Math.min(vectors[i].byteSize(), partBytes - moved);
      int result = file.write(offsetBytes + moved, front(vectors[i], now));
      if (result < 0) {
        return result;
      }
      moved += now;
    }
    return (int) moved;
  }

  void clear() {
    file = Nowhere.INSTANCE;
    buffer = MemorySegment.NULL;
    vectors = NO_VECTORS;
    lengthBytes = 0;
    next = null;
    taken = false;
    if (cancelled) { // a volatile write costs more than the look
      cancelled = false;
    }
  }

  /// The file of an operation that has none.
  private static final class Nowhere implements RingFile {
    static final Nowhere INSTANCE = new Nowhere();

    @Override
    public int read(long offsetBytes, MemorySegment target) {
      return -Errno.EBADF;
    }

    @Override
    public int write(long offsetBytes, MemorySegment source) {
      return -Errno.EBADF;
    }

    @Override
    public int sync() {
      return -Errno.EBADF;
    }

    @Override
    public boolean isMemory() {
      return true;
    }

    @Override
    public void close() {}
  }
}
