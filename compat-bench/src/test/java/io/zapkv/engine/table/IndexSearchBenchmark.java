package io.zapkv.engine.table;

import io.zapkv.bench.structure.BenchmarkKeys;
import io.zapkv.engine.format.BlockHandle;
import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.format.ValueKind;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// The search of a table's index beside a binary search over keys on the heap: which of 50,000
/// leaves has a key.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class IndexSearchBenchmark {
  private static final int LEAVES = 50_000;
  private static final int KEYS_PER_LEAF = 1_000;

  private final byte[][] separators = new byte[LEAVES][];
  private final byte[] key = new byte[BenchmarkKeys.BYTES];
  private final MemorySegment keyView = MemorySegment.ofArray(key);
  private final SplittableRandom random = new SplittableRandom(1);
  private TableIndex index;

  @Setup
  public void build() {
    List<TableIndex.Leaf> leaves = new ArrayList<>();
    BlockHandle handle = new BlockHandle(0, 0, 0, 0, 0);
    for (int i = 0; i < LEAVES; i++) {
      separators[i] = new byte[BenchmarkKeys.BYTES];
      BenchmarkKeys.ordered(separators[i], (long) i * KEYS_PER_LEAF);
      MemorySegment separator = MemorySegment.ofArray(separators[i]);
      leaves.add(new TableIndex.Leaf(separator, Trailer.of(1, ValueKind.PUT), handle, handle));
    }
    index = new TableIndex(leaves);
  }

  @TearDown
  public void free() {
    index.close();
  }

  @Benchmark
  public int search() {
    draw();
    return index.floor(keyView, 0, key.length, Trailer.SEQUENCE_MAX);
  }

  @Benchmark
  public int searchHeapArrays() {
    draw();
    return Arrays.binarySearch(separators, key, Arrays::compareUnsigned);
  }

  private void draw() {
    BenchmarkKeys.ordered(key, random.nextInt(LEAVES * KEYS_PER_LEAF));
  }
}
