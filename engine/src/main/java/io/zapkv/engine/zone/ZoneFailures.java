package io.zapkv.engine.zone;

import io.zapkv.api.DeviceException;
import io.zapkv.zns.ZoneFailure;
import org.jspecify.annotations.Nullable;

/// Turns what a device answered into what a caller of the store sees.
public final class ZoneFailures {
  private ZoneFailures() {}

  /// `operation` on `zone` failed for good.
  public static DeviceException exception(
      String device, int zone, String operation, ZoneFailure failure) {
    return exception(device, zone, operation, failure, null);
  }

  /// As above, with what went wrong first.
  public static DeviceException exception(
      String device, int zone, String operation, ZoneFailure failure, @Nullable Throwable cause) {
    return new DeviceException(
        device + ": zone " + zone,
        operation + " to succeed",
        failure.name(),
        failure.advice(),
        cause);
  }
}
