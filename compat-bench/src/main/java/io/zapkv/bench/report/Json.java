package io.zapkv.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes records as JSON: the names of the components are the names in the file.
public final class Json {
  private static final ObjectMapper PLAIN = new ObjectMapper();
  private static final ObjectMapper INDENTED =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private Json() {}

  /// Writes `value` for people and programs into `file`, whose folder is made where it is missing.
  public static void write(Path file, Object value) {
    try {
      writeText(file, INDENTED.writeValueAsString(value) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /// `value` in one line that can stand inside a script element: nothing in it ends one.
  static String inScript(Object value) {
    try {
      return PLAIN.writeValueAsString(value).replace("<", "\\u003c");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static void writeText(Path file, String text) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
