package io.zapkv.bench.workload;

import io.zapkv.bench.target.Target;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import site.ycsb.WorkloadException;
import site.ycsb.measurements.Measurements;
import site.ycsb.workloads.CoreWorkload;

/// One of YCSB's core workloads, run by YCSB's own [CoreWorkload] under our threads.
///
/// A record is one key with one field of `valueBytes`, not YCSB's ten of 100: to a key-value store
/// a record is one value, and with ten fields an update of one would have to read the other nine
/// first.
///
/// YCSB draws keys and operations from the JDK's per-thread generators, which cannot be seeded; the
/// seed decides the values only.
public final class YcsbWorkload implements Workload {
  static {
    // CoreWorkload reports to it, and it wants to have been told something.
    Measurements.setProperties(new Properties());
  }

  private final YcsbKind kind;
  private final long records;
  private final long operations;
  private final int valueBytes;
  private final long seed;
  private final CoreWorkload core = new CoreWorkload();
  private final Properties properties;
  private final AtomicLong inserted = new AtomicLong();

  /// @param kind which one
  /// @param records records that were loaded, or are to be
  /// @param operations operations by all threads together; for `load`, `records`
  /// @param valueBytes length of a value
  /// @param seed what values are made from
  public YcsbWorkload(YcsbKind kind, long records, long operations, int valueBytes, long seed) {
    this.kind = kind;
    this.records = records;
    this.operations = operations;
    this.valueBytes = valueBytes;
    this.seed = seed;
    this.properties = kind.properties(records, operations, valueBytes);
    try {
      core.init(properties);
    } catch (WorkloadException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String name() {
    return kind.label();
  }

  @Override
  public long operations() {
    return kind == YcsbKind.LOAD ? records : operations;
  }

  /// Records it has added so far: those that the next workload finds beside the ones it was told
  /// of.
  public long inserted() {
    return inserted.get();
  }

  @Override
  public Worker worker(Target target, int thread, int threads, Recorder recorder) {
    var values = new ValueSource(seed + thread, valueBytes, 1);
    var db = new YcsbDb(target, recorder, values, inserted);
    try {
      Object state = core.initThread(properties, thread, threads);
      return new CoreWorker(core, kind == YcsbKind.LOAD, db, state);
    } catch (WorkloadException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class CoreWorker implements Worker {
    private final CoreWorkload core;
    private final boolean load;
    private final YcsbDb db;
    private final Object state;

    CoreWorker(CoreWorkload core, boolean load, YcsbDb db, Object state) {
      this.core = core;
      this.load = load;
      this.db = db;
      this.state = state;
    }

    @Override
    public int step() {
      if (load) {
        core.doInsert(db, state);
      } else {
        core.doTransaction(db, state);
      }
      return 1;
    }
  }
}
