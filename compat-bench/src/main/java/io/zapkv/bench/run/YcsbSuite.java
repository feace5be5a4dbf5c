package io.zapkv.bench.run;

import io.zapkv.bench.workload.Workload;
import io.zapkv.bench.workload.YcsbKind;
import io.zapkv.bench.workload.YcsbWorkload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/// A list of YCSB's workloads on one table, which the inserts of one leave larger for the next.
public final class YcsbSuite implements Suite {
  private final List<YcsbKind> kinds;
  private final long records;
  private final ToLongFunction<YcsbKind> operations;
  private final int valueBytes;
  private final long seed;
  private final Map<String, List<YcsbWorkload>> earlier = new HashMap<>();

  /// @param kinds which, in order
  /// @param records records to load, or loaded before
  /// @param operations operations of a workload; not asked for `load`
  /// @param valueBytes length of a value
  /// @param seed what values are made from
  public YcsbSuite(
      List<YcsbKind> kinds,
      long records,
      ToLongFunction<YcsbKind> operations,
      int valueBytes,
      long seed) {
    this.kinds = List.copyOf(kinds);
    this.records = records;
    this.operations = operations;
    this.valueBytes = valueBytes;
    this.seed = seed;
  }

  @Override
  public String title() {
    return "YCSB";
  }

  @Override
  public List<String> notes() {
    return List.of(
        "Workloads, keys and distributions are those of YCSB's own core (site.ycsb:core 0.17.0).",
        "A record is one key of about 23 bytes with one field: to a key-value store it is one value.",
        "Latency is the store's alone; operations a second include what YCSB does to choose a key.",
        "Values are random printable bytes, as YCSB's are, which LZ4 cannot shrink.",
        "YCSB draws keys from generators that cannot be seeded: the seed decides values only.");
  }

  @Override
  public List<String> steps() {
    return kinds.stream().map(YcsbKind::label).toList();
  }

  @Override
  public boolean isFresh(int step) {
    return false;
  }

  /// Later workloads read every record, so every record must have been loaded.
  @Override
  public boolean isUncapped(int step) {
    return kinds.get(step) == YcsbKind.LOAD;
  }

  @Override
  public boolean mustFind(int step) {
    return true;
  }

  @Override
  public Workload workload(int step, String engine, int round) {
    List<YcsbWorkload> before =
        earlier.computeIfAbsent(engine + "/" + round, _ -> new ArrayList<>());
    YcsbKind kind = kinds.get(step);
    long added = before.stream().mapToLong(YcsbWorkload::inserted).sum();
    if (kind == YcsbKind.LOAD) {
      return new YcsbWorkload(kind, records, records, valueBytes, seed);
    }
    long number = operations.applyAsLong(kind);
    var workload = new YcsbWorkload(kind, records + added, number, valueBytes, seed);
    before.add(workload);
    return workload;
  }
}
