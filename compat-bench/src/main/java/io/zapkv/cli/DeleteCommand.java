package io.zapkv.cli;

import io.zapkv.api.Durability;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.WriteBatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// `zap delete`: removes one key.
@Command(
    name = "delete",
    description = "Remove a key, whether it is there or not.",
    footer = {"Example:", "  zap delete emu:/tmp/store greeting"})
@SuppressWarnings("NullAway.Init") // picocli sets what it annotates
final class DeleteCommand implements Runnable {
  @ParentCommand private Zap zap;
  @Mixin private Bytes bytes;

  @Parameters(index = "0", paramLabel = "DEVICE", description = "The device: emu:/folder")
  private String device;

  @Parameters(index = "1", paramLabel = "KEY", description = "The key.")
  private String key;

  @Option(names = "--durable", description = "Return when a power cut can no longer undo it.")
  private boolean durable;

  private DeleteCommand() {}

  @Override
  public void run() {
    StoreOptions options = StoreOptions.defaults().withCreateIfMissing(false);
    try (var store = zap.engine().open(device, options)) {
      var batch = new WriteBatch();
      batch.delete(bytes.parse(key));
      store.write(batch, durable ? Durability.DURABLE : Durability.BUFFERED);
    }
  }
}
