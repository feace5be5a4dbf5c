package io.zapkv.cli;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import picocli.CommandLine.Option;

/// How keys and values are written on the command line: as UTF-8, or in hexadecimal.
final class Bytes {
  @Option(names = "--hex", description = "Keys and values are in hexadecimal, both ways.")
  private boolean hex;

  private Bytes() {}

  /// The bytes that an argument means.
  byte[] parse(String text) {
    if (!hex) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    try {
      return HexFormat.of().parseHex(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("not hexadecimal: " + text, e);
    }
  }

  /// The bytes as one word of a line: what is not printable UTF-8 comes in hexadecimal after `0x`.
  String print(byte[] bytes) {
    if (hex) {
      return HexFormat.of().formatHex(bytes);
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (text.chars().noneMatch(Character::isISOControl)) {
        return text;
      }
    } catch (CharacterCodingException _) {
      // Not text: printed below.
    }
    return "0x" + HexFormat.of().formatHex(bytes);
  }
}
