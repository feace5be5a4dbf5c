package io.zapkv.sim.oracle;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Keys and values that tell where they come from, so that a wrong one can be named.
public final class Values {
  private static final int HEADER_BYTES = 12;

  private Values() {}

  /// The key with this number of this client; the clients' keys lie between each other.
  public static byte[] key(int client, int key) {
    return "k%05d-%d".formatted(key, client).getBytes(StandardCharsets.US_ASCII);
  }

  /// Whose key it is.
  public static int clientOf(byte[] key) {
    return key[key.length - 1] - '0';
  }

  /// Its number.
  public static int numberOf(byte[] key) {
    int number = 0;
    for (int i = 1; i < key.length - 2; i++) {
      number = number * 10 + key[i] - '0';
    }
    return number;
  }

  /// The value that the client's write with this number gives a key.
  public static byte[] value(int client, int key, int write, int length) {
    byte[] value = new byte[length];
    Arrays.fill(value, (byte) (write * 31 + key));
    for (int i = 0; i < Math.min(length, HEADER_BYTES); i++) {
      int part = i < 4 ? client + 1 : i < 8 ? write : key;
      value[i] = (byte) (part >>> (8 * (3 - (i & 3))));
    }
    for (int i = HEADER_BYTES; i < length; i += 7) {
      value[i] = (byte) (i * 131 + write); // so that it is not all the same
    }
    return value;
  }

  /// What a value says of itself, for a report.
  public static String describe(byte[] value) {
    if (value.length < HEADER_BYTES) {
      return value.length + " bytes";
    }
    return "client %d write %d key %d, %d bytes"
        .formatted(value[3] - 1, intAt(value, 4), intAt(value, 8), value.length);
  }

  private static int intAt(byte[] bytes, int at) {
    return (bytes[at] & 255) << 24
        | (bytes[at + 1] & 255) << 16
        | (bytes[at + 2] & 255) << 8
        | (bytes[at + 3] & 255);
  }
}
