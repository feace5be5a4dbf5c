package io.zapkv.cli;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// A real seccomp filter (`seccomp(2)`) over every thread of this process, as the profile of a
/// container is one: the three system calls of io_uring answer an errno.
final class SeccompFilter {
  private static final int PR_SET_NO_NEW_PRIVS = 38;
  private static final long SET_MODE_FILTER = 1;
  private static final long ALL_THREADS = 1;
  private static final long SYS_SECCOMP =
      System.getProperty("os.arch").equals("aarch64") ? 277 : 317;

  private static final int IO_URING_SETUP = 425;
  private static final int IO_URING_REGISTER = 427;

  // Instructions of the classic packet filter: the code, and how many to skip when it is not so.
  private static final int LOAD = 0x20;
  private static final int UNLESS_AT_LEAST = 0x35 | 2 << 24;
  private static final int UNLESS_MORE_THAN = 0x25 | 1 << 16;
  private static final int RETURN = 0x06;

  // What a filter returns.
  private static final int ALLOW = 0x7fff_0000;
  private static final int FAIL = 0x0005_0000;

  private SeccompFilter() {}

  /// Cannot be undone: for processes of their own.
  static void forbidUring(int errno) throws Throwable {
    int[] program = {
      LOAD, 0, // the number of the call
      UNLESS_AT_LEAST, IO_URING_SETUP,
      UNLESS_MORE_THAN, IO_URING_REGISTER,
      RETURN, FAIL | errno,
      RETURN, ALLOW
    };
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment filter = arena.allocate(16, 8);
      filter.set(JAVA_SHORT, 0, (short) (program.length / 2));
      filter.set(ADDRESS, 8, arena.allocateFrom(JAVA_INT, program));
      MethodHandle prctl =
          function("prctl", 1, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
      MethodHandle syscall =
          function("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS);
      // Without new privileges, or as root, a process may put itself under a filter.
      check((int) prctl.invokeExact(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L));
      check((long) syscall.invokeExact(SYS_SECCOMP, SET_MODE_FILTER, ALL_THREADS, filter));
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle function(
      String name, int named, MemoryLayout result, MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.firstVariadicArg(named));
  }

  private static void check(long answer) {
    if (answer != 0) {
      throw new AssertionError("no filter: " + answer);
    }
  }
}
