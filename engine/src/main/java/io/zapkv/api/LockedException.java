package io.zapkv.api;

import org.jspecify.annotations.Nullable;

/// Another store has the device open, in this process or in another.
public final class LockedException extends ZapException {
  private static final long serialVersionUID = 1L;

  /// @param where the device
  /// @param holder who has it, as far as that is known
  /// @param cause the device's own refusal, where there is one
  public LockedException(String where, String holder, @Nullable Throwable cause) {
    super(
        where,
        "a device nobody has open",
        "one held by " + holder,
        "close the other store or end its process, then open again",
        cause);
  }
}
