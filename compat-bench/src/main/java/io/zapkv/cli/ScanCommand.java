package io.zapkv.cli;

import io.zapkv.api.Cursor;
import io.zapkv.api.KeyRange;
import io.zapkv.api.StoreOptions;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `zap scan`: prints keys and values in order.
@Command(
    name = "scan",
    description = "Print keys and values in order, a tab between the two.",
    footer = {"Example:", "  zap scan emu:/tmp/store --prefix user: --limit 10 --reverse"})
@SuppressWarnings("NullAway.Init") // picocli sets what it annotates
final class ScanCommand implements Runnable {
  @ParentCommand private Zap zap;
  @Mixin private Bytes bytes;
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "DEVICE", description = "The device: emu:/folder")
  private String device;

  @Option(names = "--prefix", paramLabel = "KEY", description = "Only keys that begin with this.")
  private @Nullable String prefix;

  @Option(names = "--from", paramLabel = "KEY", description = "Begin at this key.")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "KEY", description = "End before this key.")
  private @Nullable String to;

  @Option(names = "--limit", paramLabel = "N", description = "Print N entries at most.")
  private long limit = Long.MAX_VALUE;

  @Option(names = "--reverse", description = "From the last key to the first.")
  private boolean reverse;

  private ScanCommand() {}

  @Override
  public void run() {
    if (prefix != null && (from != null || to != null)) {
      throw new IllegalArgumentException("give --prefix, or --from and --to, not both");
    }
    if (limit < 0) {
      throw new IllegalArgumentException("--limit must be 0 or more, is " + limit);
    }
    KeyRange range =
        prefix != null
            ? KeyRange.prefix(bytes.parse(prefix))
            : KeyRange.of(
                from == null ? null : bytes.parse(from), to == null ? null : bytes.parse(to));
    StoreOptions options = StoreOptions.defaults().withCreateIfMissing(false);
    try (var store = zap.engine().open(device, options);
        var cursor = store.cursor(range, null)) {
      print(cursor, spec.commandLine().getOut());
    }
  }

  private void print(Cursor cursor, PrintWriter out) {
    long left = limit;
    for (start(cursor); left > 0 && cursor.isValid(); left--) {
      out.println(bytes.print(cursor.key()) + "\t" + bytes.print(cursor.value()));
      if (out.checkError()) {
        // Nobody reads any more: `zap scan … | head`.
        return;
      }
      if (reverse) {
        cursor.prev();
      } else {
        cursor.next();
      }
    }
  }

  private void start(Cursor cursor) {
    if (reverse) {
      cursor.last();
    } else {
      cursor.first();
    }
  }
}
