package io.zapkv.zns;

import java.io.IOException;

/// Opens a device, says what came of it, and holds it until its input ends.
final class DeviceHolder {
  private DeviceHolder() {}

  /// @param arguments the device's name
  public static void main(String[] arguments) throws IOException {
    try {
      ZonedDevices.open(arguments[0]);
      System.out.println("open");
      while (System.in.read() >= 0) {
        // Held until the parent goes.
      }
    } catch (ZonedDeviceException e) {
      System.out.println(e.getClass().getSimpleName() + " " + e.getMessage());
    }
  }
}
