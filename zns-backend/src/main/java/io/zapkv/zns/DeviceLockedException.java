package io.zapkv.zns;

/// The device is open already, in this process or in another.
public final class DeviceLockedException extends ZonedDeviceException {
  private static final long serialVersionUID = 1L;

  /// @param device the device's name
  /// @param holder who has it, as far as is known
  public DeviceLockedException(String device, String holder) {
    super(device + " is open in " + holder, "close it there first", null);
  }
}
