package io.zapkv.ring.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/// The calls of the operating system, one method each, named as in section 2 of the manual.
///
/// Each answers what the call answers, or a negated errno where the call answers -1. None of them
/// retries; none is linked as *critical*, because a system call may block, and would then block the
/// garbage collector.
///
/// **Threading.** Any thread, each call with a [CallState] that nobody else uses at the time.
///
/// **Memory.** Allocates nothing.
@SuppressWarnings("restricted") // The one class of the house that makes downcalls.
public final class Libc {
  private static final long SYS_IO_URING_SETUP = 425;
  private static final long SYS_IO_URING_ENTER = 426;
  private static final long SYS_IO_URING_REGISTER = 427;

  private static final int MAP_FAILED = -1;
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LOOKUP = LINKER.defaultLookup();
  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");

  // Variadic in C, so the callee must be told where its named parameters end.
  private static final MethodHandle SYSCALL_SETUP =
      variadic("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS);
  private static final MethodHandle SYSCALL_ENTER =
      variadic(
          "syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS,
          JAVA_LONG);
  private static final MethodHandle SYSCALL_REGISTER =
      variadic("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle OPEN =
      variadic("open", 2, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle IOCTL =
      variadic("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);

  private static final MethodHandle MMAP =
      plain("mmap", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle MUNMAP = plain("munmap", JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle MADVISE =
      plain("madvise", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle CLOSE = plain("close", JAVA_INT, JAVA_INT);
  private static final MethodHandle PREAD =
      plain("pread", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle PWRITE =
      plain("pwrite", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle PWRITEV =
      plain("pwritev", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG);
  private static final MethodHandle FDATASYNC = plain("fdatasync", JAVA_INT, JAVA_INT);
  private static final MethodHandle FTRUNCATE = plain("ftruncate", JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle TRUNCATE = plain("truncate", JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle FALLOCATE =
      plain("fallocate", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle FLOCK = plain("flock", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle STATX =
      plain("statx", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);

  private Libc() {}

  private static MethodHandle plain(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LOOKUP.findOrThrow(name), FunctionDescriptor.of(result, arguments), CAPTURE);
  }

  private static MethodHandle variadic(
      String name, int named, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LOOKUP.findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        CAPTURE,
        Linker.Option.firstVariadicArg(named));
  }

  /// Makes a ring; answers its descriptor.
  public static int ioUringSetup(CallState state, int entries, MemorySegment params) {
    try {
      return (int)
          answer(
              state,
              (long)
                  SYSCALL_SETUP.invokeExact(state.segment(), SYS_IO_URING_SETUP, entries, params));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// Submits to a ring, waits for it, or both; answers how many entries it took.
  public static int ioUringEnter(
      CallState state,
      int fd,
      int toSubmit,
      int minComplete,
      int flags,
      MemorySegment argument,
      long argumentBytes) {
    try {
      return (int)
          answer(
              state,
              (long)
                  SYSCALL_ENTER.invokeExact(
                      state.segment(),
                      SYS_IO_URING_ENTER,
                      fd,
                      toSubmit,
                      minComplete,
                      flags,
                      argument,
                      argumentBytes));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// Registers files, buffers and the like with a ring.
  public static int ioUringRegister(
      CallState state, int fd, int operation, MemorySegment argument, int count) {
    try {
      return (int)
          answer(
              state,
              (long)
                  SYSCALL_REGISTER.invokeExact(
                      state.segment(), SYS_IO_URING_REGISTER, fd, operation, argument, count));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// Maps memory at an address of the kernel's choice; answers the address.
  public static long mmap(
      CallState state, long lengthBytes, int protection, int flags, int fd, long offsetBytes) {
    try {
      long address =
          (long)
              MMAP.invokeExact(
                  state.segment(), 0L, lengthBytes, protection, flags, fd, offsetBytes);
      return address == MAP_FAILED ? -state.errno() : address;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// Mapped memory as a segment. Nothing guards it: after [#munmap] an access ends the process.
  public static MemorySegment mapped(long address, long lengthBytes) {
    return MemorySegment.ofAddress(address).reinterpret(lengthBytes);
  }

  /// Unmaps memory.
  public static int munmap(CallState state, long address, long lengthBytes) {
    try {
      return answer(state, (int) MUNMAP.invokeExact(state.segment(), address, lengthBytes));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int madvise(CallState state, MemorySegment mapped, int advice) {
    try {
      return answer(
          state, (int) MADVISE.invokeExact(state.segment(), mapped, mapped.byteSize(), advice));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// Opens a file; answers its descriptor.
  static int open(CallState state, MemorySegment path, int flags, int mode) {
    try {
      return answer(state, (int) OPEN.invokeExact(state.segment(), path, flags, mode));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// Closes a descriptor.
  public static int close(CallState state, int fd) {
    try {
      return answer(state, (int) CLOSE.invokeExact(state.segment(), fd));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int ioctl(CallState state, int fd, long request, MemorySegment argument) {
    try {
      return answer(state, (int) IOCTL.invokeExact(state.segment(), fd, request, argument));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long pread(
      CallState state, int fd, MemorySegment target, long lengthBytes, long offsetBytes) {
    try {
      return answer(
          state, (long) PREAD.invokeExact(state.segment(), fd, target, lengthBytes, offsetBytes));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long pwrite(
      CallState state, int fd, MemorySegment source, long lengthBytes, long offsetBytes) {
    try {
      return answer(
          state, (long) PWRITE.invokeExact(state.segment(), fd, source, lengthBytes, offsetBytes));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long pwritev(CallState state, int fd, MemorySegment vectors, int count, long offsetBytes) {
    try {
      return answer(
          state, (long) PWRITEV.invokeExact(state.segment(), fd, vectors, count, offsetBytes));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int fdatasync(CallState state, int fd) {
    try {
      return answer(state, (int) FDATASYNC.invokeExact(state.segment(), fd));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int ftruncate(CallState state, int fd, long lengthBytes) {
    try {
      return answer(state, (int) FTRUNCATE.invokeExact(state.segment(), fd, lengthBytes));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int truncate(CallState state, MemorySegment path, long lengthBytes) {
    try {
      return answer(state, (int) TRUNCATE.invokeExact(state.segment(), path, lengthBytes));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int fallocate(CallState state, int fd, int mode, long offsetBytes, long lengthBytes) {
    try {
      return answer(
          state, (int) FALLOCATE.invokeExact(state.segment(), fd, mode, offsetBytes, lengthBytes));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int flock(CallState state, int fd, int operation) {
    try {
      return answer(state, (int) FLOCK.invokeExact(state.segment(), fd, operation));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int statx(
      CallState state, int fd, MemorySegment path, int flags, int mask, MemorySegment target) {
    try {
      return answer(state, (int) STATX.invokeExact(state.segment(), fd, path, flags, mask, target));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static int answer(CallState state, int result) {
    return result == -1 ? -state.errno() : result;
  }

  private static long answer(CallState state, long result) {
    return result == -1 ? -state.errno() : result;
  }

  /// What comes out of a call is a mistake in its arguments, a freed segment for one.
  private static RuntimeException unexpected(Throwable e) {
    if (e instanceof RuntimeException mistake) {
      return mistake;
    }
    if (e instanceof Error error) {
      throw error;
    }
    throw new AssertionError("a system call threw", e);
  }
}
