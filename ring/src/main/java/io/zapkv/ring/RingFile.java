package io.zapkv.ring;

import java.lang.foreign.MemorySegment;

/// Something a [Ring] moves bytes to and from: a file, or a piece of memory that plays one.
///
/// The methods are for rings only; they are called on whatever thread the ring runs operations on,
/// several at once. Each moves all bytes or fails, and answers with the bytes moved or a negated
/// errno of [Errno].
public interface RingFile extends AutoCloseable {
  /// Fills `target` from `offsetBytes`; bytes past the end of the file are an error, not zeros.
  int read(long offsetBytes, MemorySegment target);

  /// Writes all of `source` at `offsetBytes`.
  int write(long offsetBytes, MemorySegment source);

  /// Makes completed writes survive a power cut; answers zero or a negated errno.
  int sync();

  /// Whether operations only copy memory, so that a ring may run them on its owner's thread.
  boolean isMemory();

  @Override
  void close();
}
