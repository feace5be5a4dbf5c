package io.zapkv.ring.sys;

import java.lang.foreign.MemorySegment;

/// The three system calls of io_uring, each answering what the call answers or a negated errno.
///
/// **Threading.** Belongs to the owner of one ring.
public interface UringCalls {
  /// Makes a ring; answers its descriptor.
  int setup(int entries, MemorySegment params);

  /// Submits, waits, or both; answers how many entries the kernel took.
  int enter(
      int fd, int toSubmit, int minComplete, int flags, MemorySegment argument, long argumentBytes);

  /// Registers files and buffers, and asks for cancellation.
  int register(int fd, int operation, MemorySegment argument, int count);
}
