package io.zapkv.ring.op;

import io.zapkv.ring.Errno;
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
    /// Makes completed writes to the file survive a power cut.
    SYNC,
    /// Nothing.
    NOP
  }

  private final int slot;
  Kind kind = Kind.NOP;
  RingFile file = Nowhere.INSTANCE;
  long offsetBytes;
  MemorySegment buffer = MemorySegment.NULL;
  boolean linked;
  long token;
  @Nullable Operation next;
  private int result;

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

  /// The bytes it moves; empty for a sync and for an operation that does nothing.
  public MemorySegment buffer() {
    return buffer;
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

  /// Fixes the result that the completion will carry.
  public void finish(int finalResult) {
    result = finalResult;
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

  /// Does what the operation says, to the first `lengthBytes` of its buffer.
  ///
  /// @return bytes moved, or a negated errno
  public int run(long lengthBytes) {
    MemorySegment bytes =
        lengthBytes == buffer.byteSize() ? buffer : buffer.asSlice(0, lengthBytes);
    try {
      return switch (kind) {
        case READ -> file.read(offsetBytes, bytes);
        case WRITE -> file.write(offsetBytes, bytes);
        case SYNC -> file.sync();
        case NOP -> 0;
      };
    } catch (RuntimeException _) {
      // A buffer that was freed, or confined to another thread, is only found out here. The kernel
      // says EFAULT to the same mistake; losing the completion would leave its owner waiting.
      return -Errno.EFAULT;
    }
  }

  void clear() {
    file = Nowhere.INSTANCE;
    buffer = MemorySegment.NULL;
    next = null;
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
