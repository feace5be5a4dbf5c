package io.zapkv.cli;

import io.zapkv.api.VerifyReport;
import io.zapkv.bench.target.ZapTarget;
import io.zapkv.compat.CrashLoop;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `zap crash`: real processes that write to a store and are killed.
@Command(
    name = "crash",
    description = {
      "Kill processes that write to a store, at random moments and at named points, also while they",
      "open it, and check after each kill that nothing acknowledged is lost."
    },
    footer = {"Example:", "  zap crash --kills 1000"})
@SuppressWarnings("NullAway.Init") // picocli sets what it annotates
final class CrashCommand implements Callable<Integer> {
  private static final int THREADS = 2;
  private static final int LIFE_MILLIS_MAX = 400;

  @ParentCommand private Zap zap;
  @Spec private CommandSpec spec;

  @Option(names = "--kills", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}")
  private int kills = 100;

  @Option(
      names = "--cycles",
      paramLabel = "C",
      description = "Kills on one store before a fresh one. Default: ${DEFAULT-VALUE}")
  private int cycles = 50;

  @Option(names = "--seed", paramLabel = "S", description = "Default: ${DEFAULT-VALUE}")
  private long seed = 1;

  private CrashCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    long acknowledged = 0;
    int opening = 0;
    int points = 0;
    for (int done = 0; done < kills; done += cycles) {
      int rounds = Math.min(cycles, kills - done);
      Path folder = Files.createTempDirectory("zap-crash");
      try {
        String device = "emu:" + folder.resolve("store") + "?zones=128&size=8MiB&capacity=8MiB";
        CrashLoop loop = new CrashLoop(ZapTarget.NAME, device, THREADS, seed + done);
        acknowledged += loop.runInAllWays(rounds, LIFE_MILLIS_MAX);
        opening += loop.whileOpening();
        points += loop.atPoints();
        VerifyReport report = zap.engine().verify(device);
        if (!report.isSound()) {
          throw new UserException("after kill " + (done + rounds) + ": " + report.problems());
        }
      } finally {
        delete(folder);
      }
      out.printf(
          "%,d kills (%,d before the first acknowledgement, %,d at named points), %,d writes acknowledged, 0 lost%n",
          done + rounds, opening, points, acknowledged);
      out.flush();
    }
    return 0;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
