package io.zapkv.bench.structure;

import io.zapkv.engine.base.EpochGate;
import io.zapkv.engine.base.MemoryBudget;
import io.zapkv.engine.cache.BlockCache;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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

/// A hit in the block cache beside a `LinkedHashMap` in order of access behind one lock, which is
/// the plain cache, and a `ConcurrentHashMap`, which never evicts: find one of 8,000 blocks of
/// 4,000 bytes, and read a byte. `-t 2` shows what the lock costs.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class BlockCacheBenchmark {
  private static final int BLOCKS = 8_000;
  private static final int BLOCK_BYTES = 4_000;
  private static final long CACHE_BYTES = 64L << 20;
  private static final float LOAD_FACTOR = 0.75f;

  private record BlockName(long tableId, int ordinal) {}

  private final EpochGate gate = new EpochGate(LockSupport::parkNanos);
  private final BlockCache cache = new BlockCache(CACHE_BYTES, gate, new MemoryBudget(1L << 30));
  private final Map<BlockName, byte[]> lru =
      Collections.synchronizedMap(new LinkedHashMap<>(2 * BLOCKS, LOAD_FACTOR, true));
  private final Map<BlockName, byte[]> map = new ConcurrentHashMap<>();

  /// Each thread draws blocks of its own.
  @State(Scope.Thread)
  public static class Draw {
    private final SplittableRandom random = new SplittableRandom(Thread.currentThread().threadId());

    int block() {
      return random.nextInt(BLOCKS);
    }
  }

  @Setup
  public void fill() {
    for (int i = 0; i < BLOCKS; i++) {
      byte[] block = new byte[BLOCK_BYTES];
      block[0] = (byte) i;
      int ticket = gate.enter();
      if (!cache.insert(1, i, MemorySegment.ofArray(block), 0, BLOCK_BYTES)) {
        throw new IllegalStateException("the cache is too small");
      }
      gate.exit(ticket);
      lru.put(new BlockName(1, i), block);
      map.put(new BlockName(1, i), block);
    }
  }

  @TearDown
  public void free() {
    cache.close();
  }

  @Benchmark
  public byte hit(Draw draw) {
    int ticket = gate.enter();
    long place = cache.find(1, draw.block());
    byte first = cache.segment(place).get(ValueLayout.JAVA_BYTE, BlockCache.offset(place));
    gate.exit(ticket);
    return first;
  }

  @Benchmark
  public byte hitLinkedHashMap(Draw draw) {
    return lru.get(new BlockName(1, draw.block()))[0];
  }

  @Benchmark
  public byte hitConcurrentHashMap(Draw draw) {
    return map.get(new BlockName(1, draw.block()))[0];
  }
}
