package io.zapkv.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.sim.exhaustive.Exhaustive;
import io.zapkv.sim.exhaustive.Exhaustive.Extent;
import io.zapkv.sim.exhaustive.Exhaustive.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// As much of each set as a build has time for; `zap sim --exhaustive` goes through all of them.
class ExhaustiveTest {
  @ParameterizedTest
  @EnumSource(names = {"CRASHES", "WORKLOADS", "OPENINGS"})
  void noCrashBreaksAPromise(Exhaustive.Set set) throws InterruptedException {
    Result result = Exhaustive.run(set, Extent.SMALL, 2);
    assertThat(result.failures()).isEmpty();
    assertThat(result.images()).isGreaterThan(100).isEqualTo(result.crashes());
    assertThat(result.refused()).isZero();
  }

  /// In a JVM with little memory: whatever length a changed byte claims, nothing of that length is
  /// made.
  @Test
  void whateverByteIsChangedTheAnswerIsRightOrARefusal() throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx64m",
                    "-ea",
                    "--enable-native-access=ALL-UNNAMED",
                    "--add-opens",
                    "java.base/java.lang=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Flips.class.getName()))
            .redirectErrorStream(true)
            .start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(child.waitFor()).as(said).isZero();
    assertThat(said).contains("0 failed");
  }

  /// The child.
  static final class Flips {
    public static void main(String[] args) throws InterruptedException {
      Result result = Exhaustive.run(Exhaustive.Set.FLIPS, Extent.SMALL, 2);
      System.out.println(result);
      result.failures().forEach(System.out::println);
      if (result.images() < 1_000 || result.refused() < 100 || !result.failures().isEmpty()) {
        System.exit(1);
      }
    }
  }
}
