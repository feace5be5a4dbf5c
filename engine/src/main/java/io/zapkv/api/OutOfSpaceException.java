package io.zapkv.api;

/// The device is full, and no zone can be emptied. Reads and deletes still work, and deletes
/// followed by [ZapStore#compact] make room; so does closing a [Cursor], which keeps the tables of
/// its beginning.
public final class OutOfSpaceException extends ZapException {
  private static final long serialVersionUID = 1L;

  /// @param where the device
  /// @param expected what was needed: `an empty zone beside the 3 held in reserve`
  /// @param got what there is
  public OutOfSpaceException(String where, String expected, String got) {
    super(
        where,
        expected,
        got,
        "close cursors that are held, delete what is not needed and compact, or move to a larger"
            + " device",
        null);
  }

  /// As above, where it is not the device's zones that are full.
  ///
  /// @param advice how to make room
  /// @param cause what the system said
  public OutOfSpaceException(
      String where, String expected, String got, String advice, Throwable cause) {
    super(where, expected, got, advice, cause);
  }
}
