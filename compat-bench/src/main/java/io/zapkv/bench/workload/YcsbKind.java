package io.zapkv.bench.workload;

import java.util.Arrays;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Collectors;
import site.ycsb.workloads.CoreWorkload;

/// YCSB's core workloads, with the proportions and distributions that YCSB publishes for them.
public enum YcsbKind {
  /// Inserts every record.
  LOAD(0, 0, 1, 0, 0, "zipfian"),
  /// Half reads, half updates: a session store.
  A(0.5, 0.5, 0, 0, 0, "zipfian"),
  /// Reads, and one update in twenty: photo tagging.
  B(0.95, 0.05, 0, 0, 0, "zipfian"),
  /// Reads only: a profile cache.
  C(1, 0, 0, 0, 0, "zipfian"),
  /// Reads of what was inserted last: status updates.
  D(0.95, 0, 0.05, 0, 0, "latest"),
  /// Short scans: threaded conversations.
  E(0, 0, 0.05, 0.95, 0, "zipfian"),
  /// Half reads, half read-modify-writes: a user database.
  F(0.5, 0, 0, 0, 0.5, "zipfian");

  /// Scan lengths are uniform up to this. YCSB's code says 1000, its workload E says 100.
  private static final String SCAN_LENGTH_MAX = "100";

  private final double reads;
  private final double updates;
  private final double inserts;
  private final double scans;
  private final double readModifyWrites;
  private final String distribution;

  YcsbKind(
      double reads,
      double updates,
      double inserts,
      double scans,
      double readModifyWrites,
      String distribution) {
    this.reads = reads;
    this.updates = updates;
    this.inserts = inserts;
    this.scans = scans;
    this.readModifyWrites = readModifyWrites;
    this.distribution = distribution;
  }

  /// The workload of a name: `load`, `a` to `f`, in either case.
  public static YcsbKind of(String name) {
    return Arrays.stream(values())
        .filter(kind -> kind.label().equalsIgnoreCase(name.strip()))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("no workload is called " + name + ": " + labels()));
  }

  /// Its name in lists, tables and files.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Every name, in the order to run them in.
  public static String labels() {
    return Arrays.stream(values()).map(YcsbKind::label).collect(Collectors.joining(","));
  }

  /// What it is to YCSB.
  Properties properties(long records, long operations, int valueBytes) {
    var properties = new Properties();
    properties.setProperty("recordcount", Long.toString(records));
    properties.setProperty("operationcount", Long.toString(operations));
    properties.setProperty(CoreWorkload.FIELD_COUNT_PROPERTY, "1");
    properties.setProperty(CoreWorkload.FIELD_LENGTH_PROPERTY, Integer.toString(valueBytes));
    properties.setProperty(CoreWorkload.READ_PROPORTION_PROPERTY, Double.toString(reads));
    properties.setProperty(CoreWorkload.UPDATE_PROPORTION_PROPERTY, Double.toString(updates));
    properties.setProperty(CoreWorkload.INSERT_PROPORTION_PROPERTY, Double.toString(inserts));
    properties.setProperty(CoreWorkload.SCAN_PROPORTION_PROPERTY, Double.toString(scans));
    properties.setProperty(
        CoreWorkload.READMODIFYWRITE_PROPORTION_PROPERTY, Double.toString(readModifyWrites));
    properties.setProperty(CoreWorkload.MAX_SCAN_LENGTH_PROPERTY, SCAN_LENGTH_MAX);
    properties.setProperty(CoreWorkload.REQUEST_DISTRIBUTION_PROPERTY, distribution);
    return properties;
  }
}
