package io.zapkv.bench.report;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/// What a run ran on, as far as the system says. What cannot be found out is left out.
public final class MachineFacts {
  private MachineFacts() {}

  /// The facts by name.
  ///
  /// @param data a folder on the disk that was used
  public static Map<String, String> of(Path data) {
    Map<String, String> facts = new LinkedHashMap<>();
    Runtime runtime = Runtime.getRuntime();
    facts.put("processor", find("/proc/cpuinfo", "model name", System.getProperty("os.arch")));
    facts.put("cores", Integer.toString(runtime.availableProcessors()));
    String memory = find("/proc/meminfo", "MemTotal", "");
    if (!memory.isEmpty()) {
      facts.put("memory", "%.1f GiB".formatted(kibibytes(memory) / 1048576.0));
    }
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    try {
      facts.put("file system", Files.getFileStore(existing(data)).type());
    } catch (IOException _) {
      // Left out: a figure without it is still a figure.
    }
    facts.put(
        "java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    facts.put(
        "collector",
        ManagementFactory.getGarbageCollectorMXBeans().stream()
            .map(GarbageCollectorMXBean::getName)
            .collect(Collectors.joining(", ")));
    facts.put("heap limit", "%d MiB".formatted(runtime.maxMemory() >> 20));
    return facts;
  }

  /// The most memory the process ever held, in bytes; 0 where the system does not say.
  public static long peakResidentBytes() {
    return kibibytes(find("/proc/self/status", "VmHWM", "0 kB")) << 10;
  }

  /// The number in `1234 kB`.
  private static long kibibytes(String text) {
    return Long.parseLong(text.substring(0, text.indexOf(' ')));
  }

  private static Path existing(Path path) {
    Path found = path.toAbsolutePath();
    while (!Files.exists(found) && found.getParent() != null) {
      found = found.getParent();
    }
    return found;
  }

  private static String find(String file, String name, String otherwise) {
    try (var lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(otherwise);
    } catch (IOException _) {
      return otherwise;
    }
  }
}
