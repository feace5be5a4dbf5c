package io.zapkv.cli;

import io.zapkv.api.ZoneMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `zap zones`: a map of the device, and what each zone holds.
@Command(
    name = "zones",
    description = "Show every zone of a device: one character each, and a table of those in use.",
    footer = {"Example:", "  zap zones emu:/tmp/store"})
@SuppressWarnings("NullAway.Init") // picocli sets what it annotates
final class ZonesCommand implements Runnable {
  @ParentCommand private Zap zap;
  @Mixin private JsonOption json;
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "DEVICE", description = "The device: emu:/folder")
  private String device;

  @Option(names = "--all", description = "Empty zones stand in the table, too.")
  private boolean all;

  private ZonesCommand() {}

  @Override
  public void run() {
    ZoneMap map = zap.engine().zones(device);
    spec.commandLine().getOut().print(ZonePicture.of(map, all));
    spec.commandLine().getOut().flush();
    json.write(map);
  }
}
