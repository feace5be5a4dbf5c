package io.zapkv.ring;

import java.lang.foreign.MemorySegment;

/// Something a [Ring] moves bytes to and from: a file, or a piece of memory that plays one.
///
/// The methods are for rings only; they are called on whatever thread the ring runs operations on,
/// several at once. Each moves all bytes or fails, and answers with the bytes moved or a negated
/// errno of [Errno].
public interface RingFile extends AutoCloseable {
  /// What [#descriptor] answers where there is none.
  int NO_DESCRIPTOR = -1;

  /// The open descriptor on which the kernel may do this file's transfers by itself, or
  /// [#NO_DESCRIPTOR] where only the methods here will do. May open the file to know.
  default int descriptor() {
    return NO_DESCRIPTOR;
  }

  /// Whether the kernel may do writes, too; otherwise they are done by the methods here.
  default boolean writesInKernel() {
    return true;
  }

  /// Whether `fdatasync` of the [#descriptor] is all that [#sync] does.
  default boolean syncsInKernel() {
    return false;
  }

  /// Fills `target` from `offsetBytes`; bytes past the end of the file are an error, not zeros.
  int read(long offsetBytes, MemorySegment target);

  /// Writes all of `source` at `offsetBytes`.
  int write(long offsetBytes, MemorySegment source);

  /// Writes the first `count` of `sources`, one behind the other, from `offsetBytes`.
  default int writev(long offsetBytes, MemorySegment[] sources, int count) {
    int moved = 0;
    for (int i = 0; i < count; i++) {
      int result = write(offsetBytes + moved, sources[i]);
      if (result < 0) {
        return result;
      }
      moved += result;
    }
    return moved;
  }

  /// Makes completed writes survive a power cut; answers zero or a negated errno.
  int sync();

  /// Whether operations only copy memory, so that a ring may run them on its owner's thread.
  boolean isMemory();

  @Override
  void close();
}
