package io.zapkv.zns;

import io.zapkv.ring.RingException;

/// The ring that the device's name asks for is not to be had here.
public final class DeviceRingException extends ZonedDeviceException {
  private static final long serialVersionUID = 1L;

  /// @param device the device's name
  public DeviceRingException(String device, RingException cause) {
    super(device + ": " + cause.what(), cause.advice(), cause);
  }
}
