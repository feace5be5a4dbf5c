package io.zapkv.api;

/// The store was closed before or during the call: the program's own order of events is wrong.
public final class ClosedException extends ZapException {
  private static final long serialVersionUID = 1L;

  /// @param where the device of the store that was closed
  public ClosedException(String where) {
    super(where, "an open store", "a closed one", "open the store again", null);
  }
}
