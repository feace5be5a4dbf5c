package io.zapkv.guest;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// Runs test classes where there is no Maven: inside the virtual machine of `zap vm test`.
///
/// The first argument is a file that gets three lines, `passed`, `failed` and `skipped` with a
/// number each; the others are names of classes. A class that is not there counts as failed.
public final class GuestTests implements TestExecutionListener {
  private static final int TRACE_LINES_MAX = 12;

  private final PrintStream out = System.out;
  private final Map<String, Long> began = new ConcurrentHashMap<>();
  private int passed;
  private int failed;
  private int skipped;

  private GuestTests() {}

  public static void main(String[] args) throws IOException {
    GuestTests tests = new GuestTests();
    for (String name : Arrays.asList(args).subList(1, args.length)) {
      tests.run(name);
    }
    Files.write(
        Path.of(args[0]),
        List.of("passed " + tests.passed, "failed " + tests.failed, "skipped " + tests.skipped),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    tests.out.printf(
        "%d passed, %d failed, %d skipped%n", tests.passed, tests.failed, tests.skipped);
    // Threads that a failed test left behind do not keep the machine running.
    System.exit(tests.failed == 0 ? 0 : 1);
  }

  private void run(String name) {
    int before = passed + failed + skipped;
    try {
      LauncherDiscoveryRequest request =
          LauncherDiscoveryRequestBuilder.request()
              .selectors(selectClass(Class.forName(name)))
              .build();
      LauncherFactory.create().execute(request, this);
    } catch (ClassNotFoundException e) {
      failed++;
      out.println("FAIL " + name + ": there is no such class");
      return;
    }
    if (passed + failed + skipped == before) {
      failed++;
      out.println("FAIL " + name + ": it has no tests");
    }
  }

  @Override
  public void executionStarted(TestIdentifier test) {
    began.put(test.getUniqueId(), System.nanoTime());
  }

  private long secondsOf(TestIdentifier test) {
    long start = began.getOrDefault(test.getUniqueId(), System.nanoTime());
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    skipped++;
    out.printf("skip %s: %s%n", test.getDisplayName(), reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    switch (result.getStatus()) {
      case SUCCESSFUL -> {
        if (test.isTest()) {
          passed++;
          out.printf("pass %s (%d s)%n", test.getDisplayName(), secondsOf(test));
        }
      }
      case ABORTED -> {
        skipped++;
        String reason = result.getThrowable().map(Throwable::getMessage).orElse("no reason");
        out.printf("skip %s: %s%n", test.getDisplayName(), reason);
      }
      // A container fails by what runs before or after all of its tests.
      case FAILED -> {
        failed++;
        out.println("FAIL " + test.getDisplayName());
        result.getThrowable().ifPresent(this::show);
      }
    }
  }

  private void show(Throwable failure) {
    out.println("  " + failure);
    Arrays.stream(failure.getStackTrace())
        .limit(TRACE_LINES_MAX)
        .forEach(frame -> out.println("    at " + frame));
    if (failure.getCause() != null) {
      show(failure.getCause());
    }
  }
}
