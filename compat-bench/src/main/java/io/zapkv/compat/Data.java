package io.zapkv.compat;

import java.util.Arrays;
import java.util.HexFormat;

/// A key or a value in a script: a pattern, repeated up to a length.
///
/// So that a script with long values stays a text that one can read: `300*6162` is `ab` over and
/// over, 300 bytes of it; `6162` is just that; `-` is nothing.
///
/// @param pattern in hexadecimal, at least one byte unless `length` is 0
/// @param length how many bytes
public record Data(String pattern, int length) {
  private static final String EMPTY = "-";

  /// Checks that the one fits the other.
  public Data {
    if (length < 0 || pattern.isEmpty() != (length == 0)) {
      throw new IllegalArgumentException(length + " bytes of '" + pattern + "'");
    }
    HexFormat.of().parseHex(pattern);
  }

  /// These bytes.
  public static Data of(byte... bytes) {
    return new Data(HexFormat.of().formatHex(bytes), bytes.length);
  }

  /// Reads what [#toString] wrote.
  public static Data parse(String text) {
    if (text.equals(EMPTY)) {
      return new Data("", 0);
    }
    int star = text.indexOf('*');
    return star < 0
        ? new Data(text, text.length() / 2)
        : new Data(text.substring(star + 1), Integer.parseInt(text.substring(0, star)));
  }

  /// A new array with the bytes.
  public byte[] bytes() {
    byte[] repeated = HexFormat.of().parseHex(pattern);
    byte[] bytes = Arrays.copyOf(repeated, length);
    for (int i = repeated.length; i < length; i++) {
      bytes[i] = repeated[i % repeated.length];
    }
    return bytes;
  }

  /// As it stands in a script.
  @Override
  public String toString() {
    if (length == 0) {
      return EMPTY;
    }
    return pattern.length() == 2 * length ? pattern : length + "*" + pattern;
  }
}
