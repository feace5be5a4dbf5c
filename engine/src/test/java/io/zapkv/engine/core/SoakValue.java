package io.zapkv.engine.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// Values that say what they are: whose, of which key, the how-manieth, and a checksum over all.
final class SoakValue {
  private static final int HEADER_BYTES = 4 + 4 + 8 + 4;

  private SoakValue() {}

  static byte[] key(int owner, int number) {
    return "key%05d-%04d".formatted(number, owner).getBytes(StandardCharsets.US_ASCII);
  }

  static int ownerOf(byte[] key) {
    return Integer.parseInt(new String(key, 9, key.length - 9, StandardCharsets.US_ASCII));
  }

  static int numberOf(byte[] key) {
    return Integer.parseInt(new String(key, 3, 5, StandardCharsets.US_ASCII));
  }

  /// The value of a version, `more` bytes longer than it must be.
  static byte[] of(int owner, int number, long version, int more) {
    byte[] value = new byte[HEADER_BYTES + more];
    for (int i = HEADER_BYTES; i < value.length; i++) {
      value[i] = (byte) (version * 31 + i);
    }
    ByteBuffer.wrap(value).putInt(owner).putInt(number).putLong(version);
    ByteBuffer.wrap(value).putInt(16, checksum(value));
    return value;
  }

  /// The version that a value of this key is of; 0 for none.
  static long version(byte[] value, int owner, int number) {
    if (value == null) {
      return 0;
    }
    ByteBuffer view = ByteBuffer.wrap(value);
    int itsChecksum = view.getInt(16);
    int itsOwner = view.getInt(0);
    int itsNumber = view.getInt(4);
    if (itsChecksum != checksum(value) || itsOwner != owner || itsNumber != number) {
      throw new AssertionError(
          "key %d of %d holds a value of key %d of %d, %d bytes, checksum %s"
              .formatted(
                  number,
                  owner,
                  itsNumber,
                  itsOwner,
                  value.length,
                  itsChecksum == checksum(value) ? "right" : "wrong"));
    }
    return view.getLong(8);
  }

  private static int checksum(byte[] value) {
    CRC32C crc = new CRC32C();
    crc.update(value, 0, 16);
    crc.update(value, HEADER_BYTES, value.length - HEADER_BYTES);
    return (int) crc.getValue();
  }
}
