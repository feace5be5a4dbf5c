package io.zapkv.engine.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Hostile images in a small JVM: no wrong answer, no untyped failure, no end of memory, no hang.
///
/// `-Dzap.seed=S` replays the order of a run, `-Dzap.seconds=N` makes it longer.
class MutatedImagesTest {
  @TempDir Path temp;

  @Test
  @Timeout(120)
  void whateverIsChangedInAnImageTheAnswerIsRightOrARefusal()
      throws IOException, InterruptedException {
    String seed = System.getProperty("zap.seed", "20260801");
    String seconds = System.getProperty("zap.seconds", "10");
    try (ChildJvm child = ChildJvm.run(MutatedImages.class, temp.toString(), seconds, seed)) {
      List<String> said = child.rest();
      System.out.println(String.join("\n", said));
      assertThat(said).as("seed %s", seed).last().isEqualTo("ok");
      assertThat(child.exitCode()).isZero();
    }
  }
}
