package io.zapkv.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The example in the README compiles and does what it says.
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");
  private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final String DEVICE = "\"emu:data/orders\"";

  @Test
  void theExampleCompilesAndRuns(@TempDir Path folder) throws Exception {
    Matcher example = EXAMPLE.matcher(Files.readString(README));
    assertThat(example.find()).isTrue();
    assertThat(example.group(1)).contains(DEVICE);
    Path source = folder.resolve("Example.java");
    String device = "\"emu:" + folder.resolve("orders") + "?zones=32&capacity=1MiB\"";
    Files.writeString(source, program(example.group(1).replace(DEVICE, device)));

    compile(source, folder);

    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
      Object consumed = loader.loadClass("Example").getMethod("run").invoke(null);
      assertThat(consumed).isEqualTo(List.of("key=value"));
    }
  }

  private static String program(String body) {
    return """
    import io.zapkv.*;
    import io.zapkv.api.*;
    import java.util.*;

    public class Example {
      static final List<String> consumed = new ArrayList<>();

      static void consume(byte[] key, byte[] value) {
        consumed.add(new String(key) + "=" + new String(value));
      }

      public static List<String> run() {
        byte[] key = "key".getBytes();
        byte[] value = "value".getBytes();
        byte[] otherKey = "keyed".getBytes();
        byte[] prefix = "ke".getBytes();
    """
        + body
        + """
            return consumed;
          }
        }
        """;
  }

  private static void compile(Path source, Path target) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of("-d", target.toString(), "-cp", System.getProperty("java.class.path"));
      boolean compiled =
          compiler
              .getTask(messages, files, null, options, null, files.getJavaFileObjects(source))
              .call();
      assertThat(compiled).as(messages.toString()).isTrue();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
