package io.zapkv.api;

import org.jspecify.annotations.Nullable;

/// The device refused or failed an operation. After a failed write the store takes no further
/// writes: this exception repeats, with the first failure as its cause.
public final class DeviceException extends ZapException {
  private static final long serialVersionUID = 1L;

  /// @param where device, operation and address
  /// @param expected what the operation should have done
  /// @param got what the device answered
  /// @param advice what to do: the device room knows it for each kind of failure
  /// @param cause the failure below or the first failure, where there is one
  public DeviceException(
      String where, String expected, String got, String advice, @Nullable Throwable cause) {
    super(where, expected, got, advice, cause);
  }
}
