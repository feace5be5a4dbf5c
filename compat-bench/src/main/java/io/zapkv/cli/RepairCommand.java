package io.zapkv.cli;

import io.zapkv.api.RepairReport;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `zap repair`: opens a store that refuses to be opened because some of its log is gone.
@Command(
    name = "repair",
    description = {
      "Go on without what is gone of a store's log, and verify the rest. What is there up to the",
      "first gap is kept, what was written later is given up for good: copy the store first."
    },
    footer = {"Example:", "  zap repair emu:/tmp/store"})
@SuppressWarnings("NullAway.Init") // picocli sets what it annotates
final class RepairCommand implements Runnable {
  @ParentCommand private Zap zap;
  @Mixin private JsonOption json;
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "DEVICE", description = "The device: emu:/folder")
  private String device;

  private RepairCommand() {}

  @Override
  public void run() {
    RepairReport report = zap.engine().repair(device);
    PrintWriter out = spec.commandLine().getOut();
    for (int zone : report.lostZones()) {
      out.printf(
          "zone %d is gone or cannot be read whole, with what only it held of the log%n", zone);
    }
    out.printf(
        "%s: %,d records of the log kept, %s%n",
        report.device(),
        report.records(),
        report.isLogWhole() ? "all there were" : "what was written later is gone");
    out.flush();
    json.write(report);
    if (!report.verified().isSound()) {
      throw new UserException(
          "%s is damaged elsewhere: %d problems; zap verify shows them"
              .formatted(device, report.verified().problems().size()));
    }
    out.println("sound");
    out.flush();
  }
}
