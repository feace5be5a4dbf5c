package io.zapkv.api;

import org.jspecify.annotations.Nullable;

/// Bytes of the store are not what was written there: a checksum, an identity or an order is wrong.
/// What else the store holds can still be read.
public final class CorruptionException extends ZapException {
  private static final long serialVersionUID = 1L;

  /// @param where device, address and structure: `emu:/data: block 17:4096 of table 12`
  /// @param expected what the bytes should have been
  /// @param got what they are
  public CorruptionException(String where, String expected, String got) {
    this(where, expected, got, null);
  }

  /// As above, found while handling `cause`.
  public CorruptionException(String where, String expected, String got, @Nullable Throwable cause) {
    super(
        where,
        expected,
        got,
        "run `zap verify` to see all that is damaged, and restore it from a copy",
        cause);
  }
}
