package io.zapkv.api;

import org.jspecify.annotations.Nullable;

/// The device holds no store: nothing at all where opening may not create one, or something else.
/// Nothing on it was changed.
public final class NotAStoreException extends ZapException {
  private static final long serialVersionUID = 1L;

  /// @param where the device
  /// @param expected what marks a store
  /// @param got what is there instead
  /// @param cause the device's own refusal, where there is one
  public NotAStoreException(String where, String expected, String got, @Nullable Throwable cause) {
    this(
        where,
        expected,
        got,
        "check the name; to give the device to ZapKV and lose what it holds, run `zap format --force`",
        cause);
  }

  /// As above, where formatting would not help.
  ///
  /// @param advice what would
  public NotAStoreException(
      String where, String expected, String got, String advice, @Nullable Throwable cause) {
    super(where, expected, got, advice, cause);
  }
}
