package io.zapkv.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Replays every script that once failed, for ever. A new one is a file in
/// src/test/resources/counterexamples, whose first line says what was wrong.
class CounterexamplesTest {
  @TempDir private Path folder;

  static List<Path> scripts() throws IOException, URISyntaxException {
    Path all = Path.of(CounterexamplesTest.class.getResource("/counterexamples").toURI());
    try (Stream<Path> files = Files.list(all)) {
      return files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void whatOnceFailedIsAnsweredAlike(Path script) throws IOException {
    List<Op> ops = OpScript.parse(Files.readString(script));
    assertThat(ops).isNotEmpty();
    var runner =
        new DifferentialRunner(
            List.of(Stores.map(), Stores.fake(), Stores.rocks(folder.resolve("rocks"))));
    assertThat(runner.run(ops)).isNull();
  }
}
