package io.zapkv.bench.structure;

import io.zapkv.engine.filter.FilterReader;
import io.zapkv.engine.filter.FilterWriter;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
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
import org.openjdk.jmh.annotations.Warmup;

/// The filter in cache lines beside a Bloom filter on a `BitSet`, both of 10 bits a key for 4
/// million keys: 5 MB, which a large third-level cache still holds. Asked for keys that are not
/// there, and for such as are.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class FilterBenchmark {
  private static final int KEYS = 4_000_000;
  private static final int BITS_PER_KEY = 10;
  private static final int PROBES = 7;
  private static final long SEED = 1;

  private final BitSet plain = new BitSet(KEYS * BITS_PER_KEY);
  private FilterReader reader;
  private MemorySegment filter;
  private SplittableRandom present = new SplittableRandom(SEED);
  private SplittableRandom absent = new SplittableRandom(SEED + 1);
  private int asked;

  @Setup
  public void fill() {
    FilterWriter writer = new FilterWriter(BITS_PER_KEY);
    SplittableRandom hashes = new SplittableRandom(SEED);
    for (int i = 0; i < KEYS; i++) {
      long hash = hashes.nextLong();
      writer.add(hash);
      for (int probe = 0; probe < PROBES; probe++) {
        plain.set(plainBit(hash, probe));
      }
    }
    reader = new FilterReader(writer.probes());
    filter = MemorySegment.ofArray(writer.finish());
  }

  @Benchmark
  public boolean absent() {
    return reader.mayContain(filter, 0, (int) filter.byteSize(), absent.nextLong());
  }

  @Benchmark
  public boolean present() {
    return reader.mayContain(filter, 0, (int) filter.byteSize(), nextPresent());
  }

  @Benchmark
  public boolean absentBitSet() {
    return plainMayContain(absent.nextLong());
  }

  @Benchmark
  public boolean presentBitSet() {
    return plainMayContain(nextPresent());
  }

  /// The hashes of the keys, over and over.
  private long nextPresent() {
    if (asked++ == KEYS) {
      asked = 1;
      present = new SplittableRandom(SEED);
    }
    return present.nextLong();
  }

  private boolean plainMayContain(long hash) {
    for (int probe = 0; probe < PROBES; probe++) {
      if (!plain.get(plainBit(hash, probe))) {
        return false;
      }
    }
    return true;
  }

  /// Double hashing: Kirsch and Mitzenmacher.
  private static int plainBit(long hash, int probe) {
    int mixed = (int) hash + probe * (int) (hash >>> 32);
    return (int) Long.remainderUnsigned(mixed & 0xffffffffL, (long) KEYS * BITS_PER_KEY);
  }
}
