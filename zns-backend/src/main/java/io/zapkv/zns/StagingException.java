package io.zapkv.zns;

import org.jspecify.annotations.Nullable;

/// A piece of staging memory cannot be had.
public final class StagingException extends ZonedDeviceException {
  private static final long serialVersionUID = 1L;

  private final boolean full;

  /// @param piece the name of the piece
  /// @param what what went wrong
  /// @param advice what to do
  public StagingException(String piece, String what, String advice, @Nullable Throwable cause) {
    this(piece, what, advice, cause, false);
  }

  private StagingException(
      String piece, String what, String advice, @Nullable Throwable cause, boolean full) {
    super("staging " + piece + ": " + what, advice, cause);
    this.full = full;
  }

  /// There is no room for a piece.
  ///
  /// @param what how much is wanted, and how much there is
  public static StagingException full(String piece, String what, @Nullable Throwable cause) {
    return new StagingException(piece, what, "make room on the file system", cause, true);
  }

  /// Whether it was room that was missing, so that trying again may work once some was made.
  public boolean isFull() {
    return full;
  }
}
