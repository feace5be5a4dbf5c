package io.zapkv.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zapkv.ring.Errno;
import io.zapkv.ring.uring.UringProbe;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which ring a store gets, in processes where io_uring is really forbidden, by the kernel or by
/// the JVM, and in one where it is not (F20, zns-facts X3).
class RingChoiceTest {
  private static final String NATIVE = "--enable-native-access=ALL-UNNAMED";

  @TempDir private Path folder;
  private String out = "";
  private String err = "";

  private String device(String parameters) {
    return "emu:" + folder.resolve("store") + "?zones=16&capacity=1MiB&size=1MiB" + parameters;
  }

  private int java(List<String> options, Class<?> main, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-ea");
    command.add("-Xmx128m");
    command.addAll(options);
    command.add(main.getName());
    command.addAll(List.of(arguments));
    Path outFile = folder.resolve("out");
    Path errFile = folder.resolve("err");
    int code =
        new ProcessBuilder(command)
            .redirectOutput(outFile.toFile())
            .redirectError(errFile.toFile())
            .start()
            .waitFor();
    out = Files.readString(outFile).strip();
    err = Files.readString(errFile).strip();
    return code;
  }

  private static List<String> onTheClassPath(String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of("-cp", System.getProperty("java.class.path")));
    return all;
  }

  // --- the kernel

  @ParameterizedTest
  @CsvSource({"EPERM, " + Errno.EPERM, "ENOSYS, " + Errno.ENOSYS})
  void autoFallsBackToThreadsUnderASeccompFilterAndTheStatisticsSayWhy(String name, String errno)
      throws Exception {
    List<String> options = onTheClassPath(NATIVE);
    String cure = "allow io_uring_setup, io_uring_enter and io_uring_register in";
    for (String parameters : List.of("", "&ring=auto")) {
      String device = device(parameters);
      assertThat(java(options, WithoutUring.class, errno, "put", device, "a", "1", "--durable"))
          .as(err)
          .isZero();
      assertThat(java(options, WithoutUring.class, errno, "stats", device)).as(err).isZero();
      assertThat(ring())
          .contains("4 worker threads: no io_uring, io_uring_setup failed with " + name)
          .contains("seccomp filter", cure);
      assertThat(err).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"EPERM, " + Errno.EPERM, "ENOSYS, " + Errno.ENOSYS})
  void whoAsksForIoUringUnderASeccompFilterIsRefusedWithTheCureAndNothingIsMade(
      String name, String errno) throws Exception {
    List<String> options = onTheClassPath(NATIVE);
    assertThat(java(options, WithoutUring.class, errno, "put", device("&ring=uring"), "a", "1"))
        .isEqualTo(1);
    assertThat(err.lines()).hasSize(1);
    assertThat(err)
        .startsWith("zap: emu:")
        .contains("ring=uring is not to be had: io_uring_setup failed with " + name)
        .contains("allow io_uring_setup, io_uring_enter and io_uring_register in")
        .containsOnlyOnce("or ask for ring=auto")
        .doesNotContain("--debug");
    assertThat(java(options, WithoutUring.class, errno, "put", device(""), "a", "1")).isZero();
  }

  private String ring() {
    return out.lines().filter(line -> line.startsWith("ring ")).findFirst().orElse("");
  }

  // --- the JVM

  @Test
  void anEmbeddingProgramWithoutNativeAccessHasThreadsAndSeesNoWarning() throws Exception {
    assertThat(java(onTheClassPath(), EmbeddingProgram.class, device(""))).as(err).isZero();
    assertThat(err).isEmpty();
    assertThat(out)
        .isEqualTo(
            "4 worker threads: no io_uring, the program may not make native calls: start java with"
                + " --enable-native-access=ALL-UNNAMED");
  }

  @Test
  void anEmbeddingProgramThatAsksForIoUringWithoutNativeAccessIsTold() throws Exception {
    assertThat(java(onTheClassPath(), EmbeddingProgram.class, device("&ring=uring"))).isEqualTo(1);
    assertThat(err)
        .contains("UnsupportedException", "--enable-native-access=ALL-UNNAMED")
        .doesNotContain("WARNING");
  }

  @Test
  void anEmbeddingProgramWithNativeAccessHasIoUring() throws Exception {
    assumeUring();
    assertThat(java(onTheClassPath(NATIVE), EmbeddingProgram.class, device(""))).as(err).isZero();
    assertThat(err).isEmpty();
    assertThat(out).isEqualTo("io_uring: allowed here");
  }

  @Test
  void onTheModulePathItIsTheModuleThatNeedsNativeAccess() throws Exception {
    assertThat(java(onTheModulePath(), EmbeddingProgram.class, device(""))).as(err).isZero();
    assertThat(err).isEmpty();
    assertThat(out).contains("worker threads").endsWith("--enable-native-access=io.zapkv.ring");
    assumeUring();
    List<String> allowed = onTheModulePath("--enable-native-access=io.zapkv.ring");
    assertThat(java(allowed, EmbeddingProgram.class, device(""))).as(err).isZero();
    assertThat(err).isEmpty();
    assertThat(out).isEqualTo("io_uring: allowed here");
  }

  private static void assumeUring() {
    String refusal = UringProbe.refusal();
    assumeTrue(refusal == null, () -> "no io_uring on this machine: " + refusal);
  }

  /// The house's own modules and what they need on the module path, all else beside them.
  private static List<String> onTheModulePath(String... options) throws IOException {
    List<String> modules = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      boolean isModule = entry.matches(".*/(ring|zns-backend|engine)/target/.*|.*/lz4-java-.*");
      (isModule ? modules : others).add(entry);
    }
    assertThat(modules).as(System.getProperty("java.class.path")).hasSize(4);
    List<String> all = new ArrayList<>(Arrays.asList(options));
    all.addAll(List.of("-p", join(modules), "--add-modules", "io.zapkv.engine"));
    all.addAll(List.of("-cp", join(others)));
    return all;
  }

  private static String join(List<String> entries) {
    return entries.stream().collect(Collectors.joining(File.pathSeparator));
  }
}
