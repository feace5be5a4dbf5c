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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    return start(List.of(), main, arguments);
  }

  /// The same under a limit of the shell's: `-n 50`, for one.
  static ChildJvm runUnder(String limit, Class<?> main, String... arguments) throws IOException {
    return start(List.of("sh", "-c", "ulimit " + limit + " && exec \"$@\"", "sh"), main, arguments);
  }

  private static ChildJvm start(List<String> prefix, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-ea");
    command.add("-Xmx64m");
    command.add("-XX:-UsePerfData"); // a file that a limit would hit
    command.add("-XX:MaxDirectMemorySize=64m");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(
        String.join(
            File.pathSeparator,
            root(Ring.class),
            root(ZonedDevice.class),
            root(Zap.class),
            root(LZ4Factory.class),
            root(main)));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return new ChildJvm(new ProcessBuilder(command).redirectErrorStream(true).start());
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
