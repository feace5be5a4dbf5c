package io.zapkv.bench.run;

import java.io.Console;
import java.io.PrintWriter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/// A bar with rate and time left on a terminal; elsewhere one line for each benchmark that ended.
public final class TerminalProgress implements Progress {
  private static final int UPDATE_MILLIS = 200;
  private static final int WIDTH = 110;

  private final PrintWriter out;
  private final boolean terminal;
  private @Nullable ProgressBar bar;

  private TerminalProgress(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /// Progress for whoever reads `out`, which is standard error.
  public static TerminalProgress on(PrintWriter out) {
    return new TerminalProgress(
        out, Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false));
  }

  @Override
  public void begin(String label, long operations) {
    if (terminal) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(label)
              .setInitialMax(operations)
              .setUnit(" k", 1000)
              .showSpeed()
              .setSpeedUnit(ChronoUnit.SECONDS)
              .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BAR)
              .setUpdateIntervalMillis(UPDATE_MILLIS)
              .setMaxRenderedLength(WIDTH)
              .clearDisplayOnFinish()
              .build();
    }
  }

  @Override
  public void update(long operations) {
    if (bar != null) {
      bar.stepTo(operations);
    }
  }

  @Override
  public void end(String line) {
    if (bar != null) {
      bar.close();
      bar = null;
    }
    out.println(line);
    out.flush();
  }
}
