package io.zapkv.zns;

import java.io.IOException;

/// The operating system failed a request that the device needs to live.
public final class DeviceIoException extends ZonedDeviceException {
  private static final long serialVersionUID = 1L;

  /// @param device the device's name
  /// @param what what was tried
  public DeviceIoException(String device, String what, IOException cause) {
    super(
        device + ": " + what + ": " + cause,
        "look at the file system, its room and its rights",
        cause);
  }
}
