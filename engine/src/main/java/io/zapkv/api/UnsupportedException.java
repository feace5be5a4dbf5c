package io.zapkv.api;

import org.jspecify.annotations.Nullable;

/// This build cannot do what is asked, though nothing is damaged: a newer format, another geometry,
/// a device name it does not understand. Nothing was changed.
public final class UnsupportedException extends ZapException {
  private static final long serialVersionUID = 1L;

  /// @param where the device
  /// @param expected what this build can do
  /// @param got what is there or was asked for
  /// @param advice what to do: another version, another name, the old parameters
  /// @param cause the device's own refusal, where there is one
  public UnsupportedException(
      String where, String expected, String got, String advice, @Nullable Throwable cause) {
    super(where, expected, got, advice, cause);
  }
}
