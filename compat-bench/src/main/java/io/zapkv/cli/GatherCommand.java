package io.zapkv.cli;

import io.zapkv.compat.GatherCheck;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `zap gather`: what gathering appends into one write is worth on a zonefs. For those who work on
/// it, so no help lists it.
@Command(
    name = "gather",
    hidden = true,
    description = {
      "Append 4 KiB from many threads to one empty zone of a zonefs: device, gathered and one a write,",
      "and compare. The zone is reset afterwards."
    },
    footer = {"Example:", "  zap gather zonefs:/mnt/zns --at-least 5"})
@SuppressWarnings("NullAway.Init") // picocli sets what it annotates
final class GatherCommand implements Callable<Integer> {
  @Mixin private JsonOption json;
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "DEVICE", description = "A zonefs: device.")
  private String device;

  @Option(names = "--threads", paramLabel = "T", description = "Default: ${DEFAULT-VALUE}")
  private int threads = 16;

  @Option(
      names = "--depth",
      paramLabel = "D",
      description = "Appends in flight of each thread. Default: ${DEFAULT-VALUE}")
  private int depth = 16;

  @Option(
      names = "--appends",
      paramLabel = "N",
      description = "How many each time, at most a zone. Default: ${DEFAULT-VALUE}")
  private int appends = 20_000;

  @Option(names = "--rounds", paramLabel = "R", description = "Default: ${DEFAULT-VALUE}")
  private int rounds = 3;

  @Option(
      names = "--at-least",
      paramLabel = "X",
      description =
          "Fail where gathering is not that many times as fast. Default: ${DEFAULT-VALUE}")
  private double atLeast;

  private GatherCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    GatherCheck.Outcome outcome = new GatherCheck(device, threads, depth, appends).run(rounds);
    spec.commandLine()
        .getOut()
        .printf(
            "%d threads, %d in flight each: gathered %,.0f appends/s, one a write %,.0f/s; one thread,"
                + " one at a time %,.0f/s: %.1f times%n",
            threads, depth, outcome.gathered(), outcome.single(), outcome.alone(), outcome.ratio());
    json.write(outcome);
    return outcome.ratio() >= atLeast ? 0 : 1;
  }
}
