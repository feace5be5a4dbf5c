package io.zapkv.zns.emulated;

import io.zapkv.zns.StagingException;
import java.util.regex.Pattern;

/// What staging pieces may be called, and how it is told when one cannot be had.
final class StagingNames {
  /// No separator and no leading point: a name can neither leave its folder nor hide in it.
  private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");

  private StagingNames() {}

  static boolean isLegal(String name) {
    return LEGAL.matcher(name).matches();
  }

  static void check(String name, long bytes) {
    if (!isLegal(name)) {
      throw new IllegalArgumentException("not a name for a staging piece: " + name);
    }
    if (bytes <= 0) {
      throw new IllegalArgumentException("a staging piece has at least one byte, not " + bytes);
    }
  }

  static StagingException otherLength(String name, long storedBytes, long askedBytes) {
    return new StagingException(
        name,
        "it is " + storedBytes + " bytes long, not " + askedBytes,
        "map it with its own length, or delete it",
        null);
  }

  static StagingException readOnly(String name) {
    return new StagingException(
        name, "the device is open for reading only", "open it for writing", null);
  }
}
