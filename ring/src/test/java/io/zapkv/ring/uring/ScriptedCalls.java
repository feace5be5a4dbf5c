package io.zapkv.ring.uring;

import io.zapkv.ring.sys.LinuxUringCalls;
import io.zapkv.ring.sys.UringCalls;
import java.lang.foreign.MemorySegment;
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

  /// How many entries one `enter` takes.
  int takenMax = Integer.MAX_VALUE;

  /// Entries are taken and never seen again.
  boolean swallows;

  /// Runs before each `enter`.
  Runnable beforeEnter = () -> {};

  int enters;
  int registrations;
  private final UringCalls kernel = new LinuxUringCalls();

  @Override
  public int setup(int entries, MemorySegment params) {
    return setupAnswer != 0 ? setupAnswer : kernel.setup(entries, params);
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
