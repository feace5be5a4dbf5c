package io.zapkv.ring.uring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.zapkv.ring.Errno;
import io.zapkv.ring.Ring;
import io.zapkv.ring.RingException;
import io.zapkv.ring.sys.UringCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The way into the kernel: `io_uring_enter`, with an answer to each of its errors.
///
/// | errno | answer |
/// | --- | --- |
/// | `EINTR` | again, at once |
/// | `EAGAIN`, `EBUSY`, `ENOMEM` | back-pressure: take completions first; after ten seconds of nothing but that, poison |
/// | `ETIME` | the time of a wait is over: no error |
/// | `EBADR` | a completion was dropped: poison |
/// | all others | poison, with the likely cause |
///
/// A poisoned ring throws its first cause from then on. What was in flight has an unknown outcome.
final class RingDoor {
  private static final int PAUSES_MAX = 10_000;
  private static final long PAUSE_NANOS = 1_000_000;
  private static final int GETEVENTS_ARG_BYTES = 24;
  private static final int TIMESPEC_BYTES = 16;
  private static final int SYNC_CANCEL_BYTES = 64;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /// How an enter ended.
  private enum Entered {
    /// The kernel took entries, and waited as it was asked to.
    TAKEN,
    /// The kernel wants completions taken first.
    REFUSED,
    /// The time of the wait is over.
    LATE
  }

  private final UringCalls calls;
  private final int fd;
  private final SubmissionQueue queue;
  private final MemorySegment timespec = Arena.ofAuto().allocate(TIMESPEC_BYTES, Long.BYTES);
  private final MemorySegment waiting = Arena.ofAuto().allocate(GETEVENTS_ARG_BYTES, Long.BYTES);
  private int pauses;
  private @Nullable RingException poison;

  RingDoor(UringCalls calls, int fd, SubmissionQueue queue) {
    this.calls = calls;
    this.fd = fd;
    this.queue = queue;
    waiting.set(JAVA_LONG, 16, timespec.address());
  }

  /// Submits what is staged, without waiting.
  ///
  /// @return false where the kernel wants completions taken first
  boolean submit() {
    return enter(0, 0, MemorySegment.NULL, 0) == Entered.TAKEN;
  }

  /// Submits what is staged and waits until there is a completion, or until that time is over.
  /// Where the kernel wants completions taken first, it only pauses a little.
  ///
  /// @return false where the time is over
  boolean submitAndWait(long timeoutNanos) {
    Entered entered;
    if (timeoutNanos == Ring.FOREVER) {
      entered = enter(1, UringAbi.ENTER_GETEVENTS, MemorySegment.NULL, 0);
    } else {
      setTimeout(timeoutNanos);
      int flags = UringAbi.ENTER_GETEVENTS | UringAbi.ENTER_EXT_ARG;
      entered = enter(1, flags, waiting, GETEVENTS_ARG_BYTES);
    }
    if (entered == Entered.REFUSED) {
      if (++pauses > PAUSES_MAX) {
        throw poison(UringProbe.enterRefused(Errno.EAGAIN));
      }
      waitFor(PAUSE_NANOS);
    }
    return entered != Entered.LATE;
  }

  private void setTimeout(long nanos) {
    timespec.set(JAVA_LONG, 0, nanos / NANOS_PER_SECOND);
    timespec.set(JAVA_LONG, 8, nanos % NANOS_PER_SECOND);
  }

  /// Lets the kernel post what it held back, and do what waits for an entry.
  void collect() {
    enter(0, UringAbi.ENTER_GETEVENTS, MemorySegment.NULL, 0);
  }

  private Entered enter(int minComplete, int flags, MemorySegment argument, long argumentBytes) {
    checkSound();
    while (true) {
      int result = calls.enter(fd, queue.publish(), minComplete, flags, argument, argumentBytes);
      if (result >= 0) {
        queue.advance(result);
        pauses = 0;
        return Entered.TAKEN;
      }
      switch (-result) {
        case Errno.EINTR -> {}
        case Errno.ETIME -> {
          return Entered.LATE;
        }
        case Errno.EAGAIN, Errno.EBUSY, Errno.ENOMEM -> {
          return Entered.REFUSED;
        }
        default -> throw poison(UringProbe.enterRefused(-result));
      }
    }
  }

  /// Waits for a completion, but no longer than that; submits nothing.
  void waitFor(long nanos) {
    checkSound();
    setTimeout(nanos);
    int flags = UringAbi.ENTER_GETEVENTS | UringAbi.ENTER_EXT_ARG;
    int result = calls.enter(fd, 0, 1, flags, waiting, GETEVENTS_ARG_BYTES);
    switch (-result) {
      case Errno.ETIME, Errno.EINTR, Errno.EAGAIN, Errno.EBUSY, Errno.ENOMEM -> {}
      default -> {
        if (result < 0) {
          throw poison(UringProbe.enterRefused(-result));
        }
      }
    }
  }

  /// Asks the kernel to give up all that is in flight; what it cannot give up goes on.
  void cancelAll() {
    cancel(0, UringAbi.ASYNC_CANCEL_ALL | UringAbi.ASYNC_CANCEL_ANY);
  }

  /// Asks the kernel to give up one operation, which goes on where it cannot.
  void cancel(long userData) {
    cancel(userData, 0);
  }

  private void cancel(long userData, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = arena.allocate(SYNC_CANCEL_BYTES, Long.BYTES);
      request.set(JAVA_LONG, 0, userData);
      request.set(JAVA_INT, 8, -1);
      request.set(JAVA_INT, 12, flags);
      // A timeout of zero: who waits for it does so on the completion queue.
      int ignored = calls.register(fd, UringAbi.REGISTER_SYNC_CANCEL, request, 1);
      assert ignored <= 0 : "a cancellation answers zero or an errno";
    }
  }

  /// Poisons the ring, unless it is poisoned already; returns the first cause.
  RingException poison(RingException cause) {
    RingException first = poison;
    if (first == null) {
      poison = cause;
      return cause;
    }
    return first;
  }

  void checkSound() {
    RingException cause = poison;
    if (cause != null) {
      throw cause;
    }
  }
}
