package io.zapkv.zns;

/// What was found is not a device, or not one this version understands. Nothing was changed.
public final class DeviceFormatException extends ZonedDeviceException {
  private static final long serialVersionUID = 1L;

  private final boolean otherVersion;

  /// @param device the device's name
  /// @param found what is wrong with it
  /// @param advice what to do
  public DeviceFormatException(String device, String found, String advice) {
    this(device, found, advice, false);
  }

  private DeviceFormatException(String device, String found, String advice, boolean otherVersion) {
    super(device + ": " + found, advice, null);
    this.otherVersion = otherVersion;
  }

  /// A device in a format of a version that this program does not know.
  public static DeviceFormatException otherVersion(String device, int found, int known) {
    return new DeviceFormatException(
        device,
        "its zone table has version " + found + ", this program knows " + known,
        "use the program that made it, or a newer one",
        true);
  }

  /// Whether there is a device, of another version of this program.
  public boolean isOtherVersion() {
    return otherVersion;
  }
}
