package io.zapkv.zns;

import org.jspecify.annotations.Nullable;

/// A piece of staging memory cannot be had.
public final class StagingException extends ZonedDeviceException {
  private static final long serialVersionUID = 1L;

  /// @param piece the name of the piece
  /// @param what what went wrong
  /// @param advice what to do
  public StagingException(String piece, String what, String advice, @Nullable Throwable cause) {
    super("staging " + piece + ": " + what, advice, cause);
  }
}
