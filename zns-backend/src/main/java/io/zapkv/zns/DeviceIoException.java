package io.zapkv.zns;

import io.zapkv.ring.SystemCallException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The operating system failed a request that the device needs to live.
public final class DeviceIoException extends ZonedDeviceException {
  private static final long serialVersionUID = 1L;

  /// @param device the device's name
  /// @param what what was tried
  public DeviceIoException(String device, String what, IOException cause) {
    this(device, what, "look at the file system, its room and its rights", cause);
  }

  /// @param device the device's name
  /// @param what what was tried, or what it takes
  /// @param advice what to do
  public DeviceIoException(String device, String what, String advice, @Nullable IOException cause) {
    super(device + ": " + what + reason(cause), advice, cause);
  }

  /// Of the JDK's exceptions only the name says what happened.
  private static String reason(@Nullable IOException cause) {
    return switch (cause) {
      case null -> "";
      case SystemCallException refused -> ": " + refused.getMessage();
      default -> ": " + cause;
    };
  }
}
