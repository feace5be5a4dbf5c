package io.zapkv.engine.inspect;

import io.zapkv.Zap;
import io.zapkv.ring.Ring;
import io.zapkv.zns.ZonedDevice;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import net.jpountz.lz4.LZ4Factory;

/// Another JVM, with 64 MiB of heap and as much beside it, that runs a main class of these tests.
final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;

  private ChildJvm(Process process) {
    this.process = process;
    output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  static ChildJvm run(Class<?> main, String... arguments) throws IOException {
    return start(List.of(), roots(main), main, arguments);
  }

  /// The same under a limit of the shell's: `-n 50`, for one. As programs are shipped it has its
  /// classes in jars, put into `folder`: to load one from a folder takes a file, which may be the
  /// one too many.
  static ChildJvm runUnder(String limit, Path folder, Class<?> main, String... arguments)
      throws IOException {
    List<String> jars = new ArrayList<>();
    for (String root : roots(main)) {
      jars.add(Files.isDirectory(Path.of(root)) ? jarOf(root, folder) : root);
    }
    return start(
        List.of("sh", "-c", "ulimit " + limit + " && exec \"$@\"", "sh"), jars, main, arguments);
  }

  private static String jarOf(String root, Path folder) throws IOException {
    Path jar = Files.createTempFile(folder, "classes", ".jar");
    ToolProvider tool = ToolProvider.findFirst("jar").orElseThrow();
    int exitCode = tool.run(System.out, System.err, "-c", "-f", jar.toString(), "-C", root, ".");
    if (exitCode != 0) {
      throw new IOException("jar of " + root + ": exit code " + exitCode);
    }
    return jar.toString();
  }

  private static ChildJvm start(
      List<String> prefix, List<String> roots, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-ea");
    command.add("-Xmx64m");
    command.add("-XX:-UsePerfData"); // a file that a limit would hit
    command.add("-XX:MaxDirectMemorySize=64m");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(String.join(File.pathSeparator, roots));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return new ChildJvm(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  private static List<String> roots(Class<?> main) {
    return Stream.of(Ring.class, ZonedDevice.class, Zap.class, LZ4Factory.class, main)
        .map(ChildJvm::root)
        .toList();
  }

  /// Where the class file lies, below which its package begins: a folder or a jar.
  private static String root(Class<?> type) {
    String file = type.getName().replace('.', '/') + ".class";
    URL url = type.getResource("/" + file);
    String text = url.toString();
    String root =
        text.startsWith("jar:")
            ? text.substring("jar:".length(), text.indexOf("!/"))
            : text.substring(0, text.length() - file.length());
    return Path.of(URI.create(root)).toString();
  }

  long pid() {
    return process.pid();
  }

  /// The next line it prints, or null when it has ended.
  String line() throws IOException {
    return output.readLine();
  }

  /// All that it still says, and how it ended.
  List<String> rest() {
    return output.lines().toList();
  }

  int exitCode() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
