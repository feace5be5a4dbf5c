package io.zapkv.cli;

import io.zapkv.api.StoreOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `zap get`: prints the value of one key.
@Command(
    name = "get",
    description = "Print the value of a key; fails where there is none.",
    footer = {"Example:", "  zap get emu:/tmp/store greeting"})
@SuppressWarnings("NullAway.Init") // picocli sets what it annotates
final class GetCommand implements Runnable {
  @ParentCommand private Zap zap;
  @Mixin private Bytes bytes;
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "DEVICE", description = "The device: emu:/folder")
  private String device;

  @Parameters(index = "1", paramLabel = "KEY", description = "The key.")
  private String key;

  private GetCommand() {}

  @Override
  public void run() {
    StoreOptions options = StoreOptions.defaults().withCreateIfMissing(false);
    try (var store = zap.engine().open(device, options)) {
      byte[] value = store.get(bytes.parse(key));
      if (value == null) {
        throw new UserException("no such key: " + key);
      }
      spec.commandLine().getOut().println(bytes.print(value));
    }
  }
}
