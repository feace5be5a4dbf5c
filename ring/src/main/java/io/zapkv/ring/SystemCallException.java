package io.zapkv.ring;

import java.io.IOException;

/// The operating system refused a call.
///
/// Checked, and an [IOException], because it stands where a file operation of the JDK would throw
/// one; other than that one it carries the number.
public final class SystemCallException extends IOException {
  private static final long serialVersionUID = 1;

  private final int errno;

  /// @param call the name of the call, as in its manual page
  /// @param subject what it was to work on
  /// @param errno the positive number of [Errno]
  public SystemCallException(String call, String subject, int errno) {
    super(subject + ": " + call + " failed with " + Errno.name(errno));
    this.errno = errno;
  }

  /// The positive number of [Errno].
  public int errno() {
    return errno;
  }
}
