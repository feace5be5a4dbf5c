package io.zapkv.ring.uring;

import io.zapkv.ring.sys.LinuxUringCalls;
import io.zapkv.ring.sys.UringCalls;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;

/// The kernel's calls, with answers put up by a test in front of them.
final class ScriptedCalls implements UringCalls {
  /// Negated errnos that the next calls of `enter` answer instead of doing anything.
  final Deque<Integer> enterAnswers = new ArrayDeque<>();

  /// The same for every further call; zero: the kernel answers.
  int enterAnswer;

  /// Negated errno of every `setup`; zero: the kernel answers.
  int setupAnswer;

  /// How long both queues are made, whatever is asked for; zero: as is asked for.
  int lengthMax;

  /// What the kernel answered to the last setup, and its descriptor.
  MemorySegment params = MemorySegment.NULL;

  int fd;

  /// How many entries one `enter` takes.
  int takenMax = Integer.MAX_VALUE;

  /// Entries are taken and never seen again.
  boolean swallows;

  /// Runs before each `enter`.
  Runnable beforeEnter = () -> {};

  int enters;

  /// Those that had nothing to submit and nothing to wait for.
  int collects;

  int registrations;
  private final UringCalls kernel = new LinuxUringCalls();

  @Override
  public int setup(int entries, MemorySegment params) {
    if (setupAnswer != 0) {
      return setupAnswer;
    }
    if (lengthMax > 0) {
      params.set(ValueLayout.JAVA_INT, ParamsDescriptor.CQ_ENTRIES, lengthMax);
    }
    this.params = params;
    fd = kernel.setup(lengthMax > 0 ? lengthMax : entries, params);
    return fd;
  }

  @Override
  public int enter(
      int fd,
      int toSubmit,
      int minComplete,
      int flags,
      MemorySegment argument,
      long argumentBytes) {
    enters++;
    collects += toSubmit == 0 && minComplete == 0 && flags == UringAbi.ENTER_GETEVENTS ? 1 : 0;
    beforeEnter.run();
    if (!enterAnswers.isEmpty()) {
      return enterAnswers.remove();
    }
    if (enterAnswer != 0) {
      return enterAnswer;
    }
    if (swallows && toSubmit > 0) {
      return toSubmit;
    }
    int taken = Math.min(toSubmit, takenMax);
    return kernel.enter(
        fd, taken, taken < toSubmit ? 0 : minComplete, flags, argument, argumentBytes);
  }

  @Override
  public int register(int fd, int operation, MemorySegment argument, int count) {
    registrations++;
    return kernel.register(fd, operation, argument, count);
  }
}
