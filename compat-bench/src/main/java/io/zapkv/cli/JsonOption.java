package io.zapkv.cli;

import io.zapkv.bench.report.Json;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// `--json FILE`: the figures of a verb, for a program.
final class JsonOption {
  @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON, too.")
  private @Nullable Path file;

  private JsonOption() {}

  /// Writes `value` where it was asked for.
  void write(Object value) {
    if (file != null) {
      Json.write(file, value);
    }
  }
}
