package io.zapkv.cli;

import io.zapkv.api.CopyReport;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `zap copy`: moves a store between devices, also of different kinds.
@Command(
    name = "copy",
    description = {
      "Copy a store to another device with equal zones, byte for byte, and verify the copy.",
      "The source is only read; --force copies onto a device that holds something."
    },
    footer = {
      "Example:",
      "  zap copy emu:/tmp/store nvme:/dev/ng0n1",
      "  zap copy emu:/tmp/store 'emu:/tmp/other?zones=256&capacity=32MiB'"
    })
@SuppressWarnings("NullAway.Init") // picocli sets what it annotates
final class CopyCommand implements Runnable {
  @ParentCommand private Zap zap;
  @Mixin private JsonOption json;
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "FROM", description = "The device to copy.")
  private String from;

  @Parameters(index = "1", paramLabel = "TO", description = "The device to copy to.")
  private String to;

  @Option(names = "--force", description = "Lose what TO holds.")
  private boolean force;

  private CopyCommand() {}

  @Override
  public void run() {
    CopyReport report = zap.engine().copy(from, to, force);
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%s: %,d zones, %s copied from %s%n",
        report.to(), report.zones(), ZonePicture.size(report.bytes()), report.from());
    if (report.offlineZones() > 0) {
      out.printf("%,d offline zones of the source could not be copied%n", report.offlineZones());
    }
    for (int zone : report.lostLogZones()) {
      out.printf(
          "zone %d of the source may have held log: what was written last may be missing%n", zone);
    }
    out.flush();
    json.write(report);
    if (!report.verified().isSound()) {
      throw new UserException(
          "the copy on %s is damaged: %d problems; zap verify shows them, and whether %s has them"
              .formatted(to, report.verified().problems().size(), from));
    }
    out.println("sound");
    out.flush();
  }
}
