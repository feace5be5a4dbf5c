package io.zapkv.engine.format;

/// What a record says about its key. The codes are on devices: they never change meaning.
public final class ValueKind {
  /// The key is gone.
  public static final int DELETE = 0;

  /// The key has this value.
  public static final int PUT = 1;

  /// All keys from this one to the one in the value are gone. Reserved: written by no release yet.
  public static final int RANGE_DELETE = 2;

  /// The value is an operand to be merged with older ones. Reserved: written by no release yet.
  public static final int MERGE = 3;

  /// Opens a batch in the staging log; never in a table.
  public static final int BATCH = 4;

  /// Flag: eight bytes of expiry time precede the value. Reserved: written by no release yet.
  public static final int EXPIRY_FLAG = 0x40;

  private ValueKind() {}

  /// Whether this release can read entries of `kind`.
  public static boolean isReadable(int kind) {
    return kind == DELETE || kind == PUT;
  }
}
