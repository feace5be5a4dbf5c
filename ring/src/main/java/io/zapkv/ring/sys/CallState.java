package io.zapkv.ring.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// Where a call of [Libc] leaves its errno.
///
/// **Threading.** One call at a time; whoever shares a state orders the calls.
///
/// **Memory.** A few bytes in the arena it was made in.
public final class CallState {
  private static final StructLayout LAYOUT = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = LAYOUT.varHandle(PathElement.groupElement("errno"));

  private final MemorySegment segment;

  /// Makes a state that lives as long as `arena`.
  public CallState(Arena arena) {
    segment = arena.allocate(LAYOUT);
  }

  MemorySegment segment() {
    return segment;
  }

  /// The positive errno of the last call that failed.
  int errno() {
    return (int) ERRNO.get(segment, 0L);
  }
}
