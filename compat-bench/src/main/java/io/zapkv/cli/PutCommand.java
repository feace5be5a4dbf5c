package io.zapkv.cli;

import io.zapkv.api.Durability;
import io.zapkv.api.StoreOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// `zap put`: sets one key.
@Command(
    name = "put",
    description = "Set a key to a value; a missing device is made.",
    footer = {"Example:", "  zap put emu:/tmp/store greeting 'hello, zones'"})
@SuppressWarnings("NullAway.Init") // picocli sets what it annotates
final class PutCommand implements Runnable {
  @ParentCommand private Zap zap;
  @Mixin private Bytes bytes;

  @Parameters(index = "0", paramLabel = "DEVICE", description = "The device: emu:/folder, mem:")
  private String device;

  @Parameters(index = "1", paramLabel = "KEY", description = "The key.")
  private String key;

  @Parameters(index = "2", paramLabel = "VALUE", description = "The value.")
  private String value;

  @Option(names = "--durable", description = "Return when a power cut can no longer take it.")
  private boolean durable;

  private PutCommand() {}

  @Override
  public void run() {
    Durability durability = durable ? Durability.DURABLE : Durability.BUFFERED;
    try (var store = zap.engine().open(device, StoreOptions.defaults())) {
      store.put(bytes.parse(key), bytes.parse(value), durability);
    }
  }
}
