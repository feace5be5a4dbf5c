package io.zapkv.zns;

import io.zapkv.ring.Ring;
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

/// Another JVM that runs a main class of these tests.
final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;

  private ChildJvm(Process process) {
    this.process = process;
    output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  static ChildJvm run(Class<?> main, String... arguments) throws IOException {
    return start(List.of(), List.of(), main, arguments);
  }

  /// The same with so many descriptors at most, and with further options of the JVM.
  static ChildJvm runUnder(
      int descriptorsMax, List<String> options, Class<?> main, String... arguments)
      throws IOException {
    String limited = "ulimit -n " + descriptorsMax + " && exec \"$@\"";
    return start(List.of("sh", "-c", limited, "sh"), options, main, arguments);
  }

  private static ChildJvm start(
      List<String> prefix, List<String> options, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-ea");
    command.add("-Xmx64m");
    command.addAll(options);
    command.add("-cp");
    command.add(
        String.join(File.pathSeparator, root(Ring.class), root(ZonedDevice.class), root(main)));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return new ChildJvm(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
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

  /// All that it says until it ends.
  List<String> rest() {
    return output.lines().toList();
  }

  /// What it still says after having been killed.
  List<String> kill() throws IOException, InterruptedException {
    // By its handle: the process itself would close its output, and with it what was said last.
    process.toHandle().destroyForcibly();
    process.waitFor();
    return output.lines().toList();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
