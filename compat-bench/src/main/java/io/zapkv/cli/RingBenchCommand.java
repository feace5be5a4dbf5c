package io.zapkv.cli;

import io.zapkv.bench.ring.FioMissingException;
import io.zapkv.bench.ring.RingBench;
import io.zapkv.bench.ring.RingCell;
import io.zapkv.bench.ring.RingReport;
import io.zapkv.ring.Clock;
import io.zapkv.ring.RingException;
import io.zapkv.ring.Rings;
import io.zapkv.ring.Rings.Choice;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `zap ringbench`: our io_uring beside fio's, cell by cell.
@Command(
    name = "ringbench",
    description = {
      "Read and write at random places of one file, every block of which was written, through our",
      "own io_uring and through fio's, in turns: 4 KiB and 128 KiB, 1, 8 and 32 operations in",
      "flight, direct and buffered. The ratio is the median of the rounds' own ratios."
    },
    footer = {"Example:", "  zap ringbench --folder /mnt/disk --rounds 5 --json ring.json"})
@SuppressWarnings("NullAway.Init") // picocli sets what it annotates
final class RingBenchCommand implements Callable<Integer> {
  @Mixin private JsonOption json;
  @Spec private CommandSpec spec;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description = "Where the file is made, and removed afterwards. Default: target/bench")
  private Path folder = Path.of("target", "bench");

  @Option(
      names = "--size",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "Length of the file. Default: 256MiB")
  private Long fileBytes = 256L << 20;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Of each turn. Default: ${DEFAULT-VALUE}")
  private int seconds = 1;

  @Option(
      names = "--rounds",
      paramLabel = "R",
      description = "Turns of each in each cell. Default: ${DEFAULT-VALUE}")
  private int rounds = 3;

  @Option(names = "--no-fio", description = "Only ours, compared with nothing.")
  private boolean withoutFio;

  private RingBenchCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (seconds < 1 || rounds < 1 || fileBytes < 1 << 20) {
      throw new UserException("at least one second, one round and a file of 1MiB are needed");
    }
    List<RingCell> cells = RingBench.plan();
    RingBench bench = new RingBench(folder, fileBytes, seconds, rounds, !withoutFio);
    RingReport report;
    try (Rings rings = Rings.choose(Choice.URING, 1, Thread.ofPlatform().factory());
        ProgressBar bar =
            new ProgressBarBuilder().setTaskName("ringbench").setInitialMax(cells.size()).build()) {
      report = bench.run(rings, cells, Clock.system(), _ -> bar.step());
    } catch (FioMissingException | RingException e) {
      throw new UserException(String.valueOf(e.getMessage()));
    }
    PrintWriter out = spec.commandLine().getOut();
    report.machine().forEach((name, value) -> out.println(name + ": " + value));
    out.println("ours: " + report.ring() + "; theirs: " + report.fio());
    out.print(report.table());
    out.flush();
    json.write(report);
    return 0;
  }
}
