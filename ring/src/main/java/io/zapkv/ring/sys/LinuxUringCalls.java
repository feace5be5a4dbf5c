package io.zapkv.ring.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The kernel's own [UringCalls].
public final class LinuxUringCalls implements UringCalls {
  private final CallState state = new CallState(Arena.ofAuto());

  /// The calls for one ring.
  public LinuxUringCalls() {}

  @Override
  public int setup(int entries, MemorySegment params) {
    return Libc.ioUringSetup(state, entries, params);
  }

  @Override
  public int enter(
      int fd,
      int toSubmit,
      int minComplete,
      int flags,
      MemorySegment argument,
      long argumentBytes) {
    return Libc.ioUringEnter(state, fd, toSubmit, minComplete, flags, argument, argumentBytes);
  }

  @Override
  public int register(int fd, int operation, MemorySegment argument, int count) {
    return Libc.ioUringRegister(state, fd, operation, argument, count);
  }
}
