package io.zapkv.zns;

/// What was found is not a device, or not one this version understands. Nothing was changed.
public final class DeviceFormatException extends ZonedDeviceException {
  private static final long serialVersionUID = 1L;

  /// @param device the device's name
  /// @param found what is wrong with it
  /// @param advice what to do
  public DeviceFormatException(String device, String found, String advice) {
    super(device + ": " + found, advice, null);
  }
}
