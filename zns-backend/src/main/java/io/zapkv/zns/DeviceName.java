package io.zapkv.zns;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A device's name taken apart: `scheme:path?key=value&key=value`.
///
/// @param scheme what comes before the colon
/// @param path what lies between the colon and the question mark
/// @param values the parameters, in the order given
record DeviceName(String scheme, String path, Map<String, String> values) {

  static DeviceName parse(String name) {
    int colon = name.indexOf(':');
    if (colon < 0) {
      throw new DeviceFormatException(
          name,
          "this is not a device's name",
          "write mem:, emu:/path/to/folder or zonefs:/mount/point");
    }
    int question = name.indexOf('?', colon);
    int pathEnd = question < 0 ? name.length() : question;
    Map<String, String> values = new LinkedHashMap<>();
    if (question >= 0 && question + 1 < name.length()) {
      for (String pair : name.substring(question + 1).split("&", -1)) {
        int equals = pair.indexOf('=');
        String key = equals < 0 ? pair : pair.substring(0, equals);
        if (values.put(key, equals < 0 ? "" : pair.substring(equals + 1)) != null) {
          throw GeometryException.twice(key);
        }
      }
    }
    return new DeviceName(
        name.substring(0, colon), name.substring(colon + 1, pathEnd), Map.copyOf(values));
  }

  /// The name as it is told to others.
  String shown() {
    String kept = value("name");
    return scheme + ":" + path + (kept == null ? "" : "?name=" + kept);
  }

  /// Refuses parameters that are not among `known`.
  void allowOnly(String... known) {
    for (String key : values.keySet()) {
      boolean isKnown = false;
      for (String each : known) {
        isKnown |= each.equals(key);
      }
      if (!isKnown) {
        throw GeometryException.unknown(key, String.join(", ", known));
      }
    }
  }

  @Nullable String value(String key) {
    return values.get(key);
  }

  /// A parameter that is a plain number, or null where it is not given.
  @Nullable Long number(String key) {
    String text = value(key);
    if (text == null) {
      return null;
    }
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException _) {
      throw GeometryException.unreadable(key, text, "a whole number");
    }
  }

  /// A parameter that is a number of bytes with or without a unit, or null where it is not given.
  @Nullable Long bytes(String key) {
    String text = value(key);
    if (text == null) {
      return null;
    }
    int digits = 0;
    while (digits < text.length() && Character.digit(text.charAt(digits), 10) >= 0) {
      digits++;
    }
    try {
      long count = Long.parseLong(text.substring(0, digits));
      return Math.multiplyExact(count, unit(key, text, text.substring(digits)));
    } catch (NumberFormatException | ArithmeticException _) {
      throw unreadableBytes(key, text);
    }
  }

  private static long unit(String key, String text, String unit) {
    return switch (unit) {
      case "", "B" -> 1L;
      case "KiB" -> 1L << 10;
      case "MiB" -> 1L << 20;
      case "GiB" -> 1L << 30;
      case "TiB" -> 1L << 40;
      default -> throw unreadableBytes(key, text);
    };
  }

  private static GeometryException unreadableBytes(String key, String text) {
    return GeometryException.unreadable(key, text, "a number of bytes, such as 4096 or 16MiB");
  }

  /// A parameter that is true or false; false where it is not given.
  boolean flag(String key) {
    String text = value(key);
    return switch (text) {
      case null -> false;
      case "true" -> true;
      case "false" -> false;
      default -> throw GeometryException.unreadable(key, text, "true or false");
    };
  }
}
