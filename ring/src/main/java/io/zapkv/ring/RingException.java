package io.zapkv.ring;

/// A ring could not be opened, or the kernel will have nothing more to do with it.
///
/// The message is a sentence with the cause and the cure. A ring that threw it while working is
/// poisoned: what was outstanding has an unknown outcome, and its buffers stay the kernel's.
public final class RingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String what;
  private final int errno;
  private final String advice;

  /// @param what what went wrong
  /// @param errno the positive number of [Errno] behind it; zero where there is none
  /// @param advice what can be done about it
  public RingException(String what, int errno, String advice) {
    super(what + "; " + advice);
    this.what = what;
    this.errno = errno;
    this.advice = advice;
  }

  /// What went wrong: the message without the advice.
  public String what() {
    return what;
  }

  /// The positive number of [Errno] behind it; zero where there is none.
  public int errno() {
    return errno;
  }

  /// What can be done about it.
  public String advice() {
    return advice;
  }
}
