package io.zapkv.cli;

import io.zapkv.api.StoreOptions;
import io.zapkv.api.StoreStats;
import io.zapkv.compat.ScaleCheck;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `zap scale`: loads many records, reads every one back, and says what memory that took.
@Command(
    name = "scale",
    description = {
      "Load many records in scattered order into a store, read every key back and check its value,",
      "and report the memory of the process. Run it under a small heap: ZAP_JAVA_OPTS=-Xmx512m."
    },
    footer = {"Example:", "  ZAP_JAVA_OPTS=-Xmx512m zap scale emu:/tmp/big --records 10000000"})
@SuppressWarnings("NullAway.Init") // picocli sets what it annotates
final class ScaleCommand implements Callable<Integer> {
  private static final double MEBI = 1 << 20;

  @ParentCommand private Zap zap;
  @Mixin private JsonOption json;
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "DEVICE", description = "A device without a store.")
  private String device;

  @Option(names = "--records", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}")
  private long records = 10_000_000;

  @Option(names = "--value-bytes", paramLabel = "B", description = "Default: ${DEFAULT-VALUE}")
  private int valueBytes = 1000;

  @Option(names = "--threads", paramLabel = "T", description = "Readers. Default: ${DEFAULT-VALUE}")
  private int threads = 2;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "The store's budget. Default: 1GiB")
  private Long memoryBytes = 1L << 30;

  private ScaleCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    StoreOptions options = StoreOptions.defaults().withMemoryBudgetBytes(memoryBytes);
    ScaleCheck.Outcome outcome;
    try (ProgressBar bar =
        new ProgressBarBuilder().setTaskName("scale").setInitialMax(2 * records).build()) {
      outcome =
          new ScaleCheck(records, valueBytes, threads)
              .run(zap.engine(), device, options, bar::stepTo);
    }
    print(outcome, spec.commandLine().getOut());
    json.write(outcome);
    return outcome.wrong() == 0 ? 0 : 1;
  }

  private void print(ScaleCheck.Outcome outcome, PrintWriter out) {
    StoreStats stats = outcome.stats();
    out.printf(
        "%,d records of %d + %d bytes; %,d wrong%n",
        outcome.records(), ScaleCheck.KEY_BYTES, valueBytes, outcome.wrong());
    out.printf(
        "load %.1f s (%,.0f/s), settled after %.1f s, read back %.1f s (%,.0f/s)%n",
        outcome.loadSeconds(),
        outcome.records() / outcome.loadSeconds(),
        outcome.settleSeconds(),
        outcome.readSeconds(),
        outcome.records() / outcome.readSeconds());
    double budget = memoryBytes;
    out.printf(
        "memory of the process %.0f MiB, %.0f %% of the budget of %.0f MiB; mapped file pages %.0f MiB%n",
        outcome.memory().ownBytes() / MEBI,
        100 * outcome.memory().ownBytes() / budget,
        budget / MEBI,
        outcome.memory().mappedBytes() / MEBI);
    out.printf(
        "write amplification %.2f, table zones sealed %,d at %.1f %%, copied %,d bytes, finishes %,d%n",
        stats.writeAmplification(),
        stats.zones().tableZonesSealed(),
        100 * stats.zones().tableZoneFill(),
        stats.zones().copiedBytes(),
        stats.zones().finishes());
    out.printf(
        "longest stall %.1f ms of %,d%n",
        stats.writes().stallNanosMax() / 1e6, stats.writes().stalls());
    out.flush();
  }
}
