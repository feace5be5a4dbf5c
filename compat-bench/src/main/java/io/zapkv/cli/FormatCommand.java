package io.zapkv.cli;

import io.zapkv.api.ZoneMap;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `zap format`: makes an empty store.
@Command(
    name = "format",
    description = "Make an empty store; --force does so on a device that holds something.",
    footer = {"Example:", "  zap format 'emu:/tmp/store?zones=256&capacity=32MiB'"})
@SuppressWarnings("NullAway.Init") // picocli sets what it annotates
final class FormatCommand implements Runnable {
  @ParentCommand private Zap zap;
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "DEVICE", description = "The device: emu:/folder")
  private String device;

  @Option(names = "--force", description = "Lose what the device holds.")
  private boolean force;

  private FormatCommand() {}

  @Override
  public void run() {
    zap.engine().format(device, force);
    ZoneMap map = zap.engine().zones(device);
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%s: an empty store on %d zones of %s%n",
        device,
        map.zones().size(),
        map.zones().isEmpty() ? "0 B" : ZonePicture.size(map.zones().getFirst().capacityBytes()));
    out.flush();
  }
}
