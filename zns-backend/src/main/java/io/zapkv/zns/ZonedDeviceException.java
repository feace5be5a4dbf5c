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

  private final String advice;

  ZonedDeviceException(String message, String advice, @Nullable Throwable cause) {
    super(message + " (" + advice + ")", cause);
    this.advice = advice;
  }

  /// What to do about it, as a half sentence.
  public String advice() {
    return advice;
  }
}
