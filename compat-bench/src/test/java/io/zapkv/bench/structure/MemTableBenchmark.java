package io.zapkv.bench.structure;

import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.format.ValueKind;
import io.zapkv.engine.memtable.MemTable;
import io.zapkv.engine.staging.StagingArea;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// The memtable beside a `ConcurrentSkipListMap`: a put into a fresh table of 200,000 records, and
/// a get from a full one. Keys of 16 bytes in random order, values of 100.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class MemTableBenchmark {
  private static final int RECORDS = 200_000;
  private static final long SEGMENT_BYTES = 40 << 20;
  private static final int VALUE_BYTES = 100;

  private final byte[] key = new byte[BenchmarkKeys.BYTES];
  private final MemorySegment keyView = MemorySegment.ofArray(key);
  private final byte[] value = new byte[VALUE_BYTES];
  private final SplittableRandom random = new SplittableRandom(1);
  private final MemTable.Result result = new MemTable.Result();
  private Full full;

  /// What gets look into.
  private static final class Full {
    final Arena arena = Arena.ofShared();
    final MemTable table = new MemTable(StagingArea.scratch(arena, SEGMENT_BYTES, 1), RECORDS);
    final ConcurrentSkipListMap<byte[], byte[]> map =
        new ConcurrentSkipListMap<>(Arrays::compareUnsigned);
  }

  @Setup
  public void fill() {
    full = new Full();
    memTablePuts(full.table);
    skipListPuts(full.map);
  }

  @TearDown
  public void free() {
    full.table.release();
    full.arena.close();
  }

  /// A table to be filled, with its memory touched beforehand, as the spare segment's is.
  @State(Scope.Thread)
  public static class Empty {
    private Arena arena;
    private MemTable table;

    @Setup(Level.Invocation)
    public void make() {
      arena = Arena.ofShared();
      table = new MemTable(StagingArea.scratch(arena, SEGMENT_BYTES, 1), RECORDS);
    }

    @TearDown(Level.Invocation)
    public void free() {
      table.release();
      arena.close();
    }
  }

  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public void put(Empty empty) {
    memTablePuts(empty.table);
  }

  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public Object putSkipListMap() {
    var map = new ConcurrentSkipListMap<byte[], byte[]>(Arrays::compareUnsigned);
    skipListPuts(map);
    return map;
  }

  @Benchmark
  public int get() {
    BenchmarkKeys.strewn(key, random.nextInt(RECORDS));
    long hash = Keys.hash(keyView, 0, key.length);
    return full.table.get(keyView, 0, key.length, hash, Trailer.SEQUENCE_MAX, result);
  }

  @Benchmark
  public byte[] getSkipListMap() {
    BenchmarkKeys.strewn(key, random.nextInt(RECORDS));
    return full.map.get(key);
  }

  private void memTablePuts(MemTable table) {
    for (int i = 0; i < RECORDS; i++) {
      BenchmarkKeys.strewn(key, i);
      if (table.add(ValueKind.PUT, key, 0, key.length, value, 0, VALUE_BYTES) == MemTable.FULL) {
        throw new IllegalStateException("the table is too small");
      }
    }
  }

  /// The map keeps what it is given, so it gets arrays of its own.
  private void skipListPuts(ConcurrentSkipListMap<byte[], byte[]> map) {
    for (int i = 0; i < RECORDS; i++) {
      BenchmarkKeys.strewn(key, i);
      map.put(key.clone(), value.clone());
    }
  }
}
