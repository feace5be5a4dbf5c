package io.zapkv.engine.core;

import static org.assertj.core.api.Assertions.fail;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/// Runs a test's body on a thread of its own, and fails with every thread's stack where it does not
/// end: an engine's waits have no time limit, so a deadlock would otherwise be a silent build.
final class Watchdog {
  /// What may throw anything.
  interface Body {
    void run() throws Throwable;
  }

  private Watchdog() {}

  static void within(int seconds, Body body) {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("test-body")
            .start(() -> {
              try {
                body.run();
              } catch (Throwable e) {
                thrown.set(e);
              }
            });
    try {
      thread.join(seconds * 1000L);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    if (thread.isAlive()) {
      fail("not done after " + seconds + " seconds; threads:\n" + dump());
    }
    switch (thrown.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new AssertionError(e);
    }
  }

  static String dump() {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<Thread, StackTraceElement[]> each : Thread.getAllStackTraces().entrySet()) {
      if (each.getValue().length > 0) {
        text.append(each.getKey().getName()).append('\n');
        for (StackTraceElement frame : each.getValue()) {
          text.append("    at ").append(frame).append('\n');
        }
      }
    }
    return text.toString();
  }
}
