package io.zapkv.engine.format;

/// Sequence and kind of an entry in one long, as it stands behind each key in a table.
///
/// ```
///   63                       8 7      0
///  ┌──────────────────────────┬────────┐
///  │      sequence (56)       │  kind  │
///  └──────────────────────────┴────────┘
/// ```
public final class Trailer {
  /// The greatest sequence there is; as a bound it means "see everything".
  public static final long SEQUENCE_MAX = (1L << 56) - 1;

  /// Bytes a trailer takes.
  public static final int BYTES = Long.BYTES;

  private Trailer() {}

  /// Packs a trailer.
  public static long of(long sequence, int kind) {
    assert sequence >= 0 && sequence <= SEQUENCE_MAX && kind >= 0 && kind <= 0xFF;
    return sequence << 8 | kind;
  }

  /// The sequence in `trailer`.
  public static long sequence(long trailer) {
    return trailer >>> 8;
  }

  /// The kind in `trailer`, flags included.
  public static int kind(long trailer) {
    return (int) (trailer & 0xFF);
  }
}
