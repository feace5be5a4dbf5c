package io.zapkv.zns;

import org.jspecify.annotations.Nullable;

/// A zoned device could not be opened or served, through a cause in the world outside.
public abstract sealed class ZonedDeviceException extends RuntimeException
    permits GeometryException,
        DeviceLockedException,
        DeviceFormatException,
        DeviceIoException,
        DeviceRingException,
        StagingException {
  private static final long serialVersionUID = 1L;

  private final String what;
  private final String advice;

  ZonedDeviceException(String what, String advice, @Nullable Throwable cause) {
    super(what + " (" + advice + ")", cause);
    this.what = what;
    this.advice = advice;
  }

  /// What went wrong: the message without the advice, for who tells both apart.
  public String what() {
    return what;
  }

  /// What to do about it, as a half sentence.
  public String advice() {
    return advice;
  }
}
