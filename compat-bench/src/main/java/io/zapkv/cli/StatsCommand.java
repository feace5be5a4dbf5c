package io.zapkv.cli;

import io.zapkv.api.StoreOptions;
import io.zapkv.api.StoreStats;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `zap stats`: figures of a store just opened.
@Command(
    name = "stats",
    description = "Open a store and show its figures; counts begin at opening.",
    footer = {"Example:", "  zap stats emu:/tmp/store --json stats.json"})
@SuppressWarnings("NullAway.Init") // picocli sets what it annotates
final class StatsCommand implements Runnable {
  @ParentCommand private Zap zap;
  @Mixin private JsonOption json;
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "DEVICE", description = "The device: emu:/folder")
  private String device;

  private StatsCommand() {}

  @Override
  public void run() {
    StoreOptions options = StoreOptions.defaults().withCreateIfMissing(false);
    try (var store = zap.engine().open(device, options)) {
      StoreStats stats = store.stats();
      print(stats, spec.commandLine().getOut());
      json.write(stats);
    }
  }

  private static void print(StoreStats stats, PrintWriter out) {
    out.printf("%-22s %10s %14s %14s%n", "level", "tables", "bytes", "entries");
    for (StoreStats.Level level : stats.levels()) {
      out.printf(
          "%-22d %10d %14s %,14d%n",
          level.level(), level.tables(), ZonePicture.size(level.bytes()), level.entries());
    }
    out.println();
    size(out, "live", stats.space().liveBytes());
    size(out, "on the device", stats.space().spaceBytes());
    size(out, "user bytes written", stats.writes().userBytesWritten());
    size(out, "device bytes written", stats.writes().deviceBytesWritten());
    out.printf("%-22s %10.2f%n", "write amplification", stats.writeAmplification());
    count(out, "appends", stats.writes().appends());
    count(out, "flushes", stats.background().flushes());
    count(out, "compactions", stats.background().compactions());
    size(out, "compacted", stats.background().compactedBytes());
    size(out, "backlog", stats.background().backlogBytes());
    count(out, "stalls", stats.writes().stalls());
    out.printf("%-22s %10.1f ms%n", "longest stall", stats.writes().stallNanosMax() / 1e6);
    count(out, "cache hits", stats.reads().cacheHits());
    count(out, "cache misses", stats.reads().cacheMisses());
    size(out, "memory budget", stats.memory().budgetBytes());
    size(out, "memtables", stats.memory().memtableBytes());
    size(out, "cache, filters", stats.memory().cacheBytes());
    size(out, "indexes", stats.memory().indexBytes());
    size(out, "buffers", stats.memory().bufferBytes());
    count(out, "zone resets", stats.zones().resets());
    count(out, "zone finishes", stats.zones().finishes());
    size(out, "copied", stats.zones().copiedBytes());
    count(out, "table zones sealed", stats.zones().tableZonesSealed());
    out.printf("%-22s %10.1f %%%n", "sealed with data", 100 * stats.zones().tableZoneFill());
    out.printf("%-22s %s%n", "ring", stats.ring());
    out.flush();
  }

  private static void size(PrintWriter out, String name, long bytes) {
    out.printf("%-22s %10s%n", name, ZonePicture.size(bytes));
  }

  private static void count(PrintWriter out, String name, long count) {
    out.printf("%-22s %,10d%n", name, count);
  }
}
