package io.zapkv.cli;

import io.zapkv.api.VerifyReport;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `zap verify`: checks a store from end to end.
@Command(
    name = "verify",
    description = "Check every checksum, order and reference of a store; changes nothing.",
    footer = {"Example:", "  zap verify emu:/tmp/store"})
@SuppressWarnings("NullAway.Init") // picocli sets what it annotates
final class VerifyCommand implements Runnable {
  @ParentCommand private Zap zap;
  @Mixin private JsonOption json;
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "DEVICE", description = "The device: emu:/folder")
  private String device;

  private VerifyCommand() {}

  @Override
  public void run() {
    VerifyReport report = zap.engine().verify(device);
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%s: %,d zones, %,d tables, %,d blocks, %,d entries, %s read%n",
        report.device(),
        report.zones(),
        report.tables(),
        report.blocks(),
        report.entries(),
        ZonePicture.size(report.bytes()));
    for (VerifyReport.Problem problem : report.problems()) {
      out.printf("%s: expected %s, got %s%n", problem.where(), problem.expected(), problem.got());
    }
    out.flush();
    json.write(report);
    if (!report.isSound()) {
      throw new UserException(
          "%s is damaged: %d problems".formatted(device, report.problems().size()));
    }
    out.println("sound");
    out.flush();
  }
}
