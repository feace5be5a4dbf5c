package io.zapkv.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.zapkv.engine.base.EpochGate;
import io.zapkv.engine.base.MemoryBudget;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockCacheTest {
  private static final int MIB = 1 << 20;
  private static final int BLOCK = 4000;

  private final EpochGate gate = new EpochGate(LockSupport::parkNanos);
  private final MemoryBudget budget = new MemoryBudget(1L << 30);
  private BlockCache cache = new BlockCache(8 * MIB, gate, budget);

  @AfterEach
  void closeTheCache() {
    cache.close();
    assertThat(budget.usedBytes(MemoryBudget.Use.CACHE)).isZero();
  }

  @Test
  void aBlockPutInIsFoundAgainAtACacheLine() {
    assertThat(cache.find(1, 2)).isEqualTo(BlockCache.NOT_CACHED);
    assertThat(put(1, 2, BLOCK)).isTrue();
    long place = cache.find(1, 2);
    assertThat(place).isNotEqualTo(BlockCache.NOT_CACHED);
    assertThat(BlockCache.offset(place) % 64).isZero();
    assertThat(cache.segment(place).address() % 64).isZero();
    assertHolds(place, 1, 2, BLOCK);
    assertThat(cache.find(2, 1)).isEqualTo(BlockCache.NOT_CACHED);
  }

  @Test
  void aBlockPutInTwiceIsHeldOnce() {
    assertThat(put(1, 2, BLOCK)).isTrue();
    assertThat(put(1, 2, BLOCK)).isTrue();
    assertThat(cache.stats().inserted()).isEqualTo(1);
  }

  @Test
  void aBlockLargerThanASegmentIsRefused() {
    assertThat(put(1, 2, 64 << 10)).isFalse();
    assertThat(put(1, 2, (64 << 10) - 128)).isTrue();
    assertHolds(cache.find(1, 2), 1, 2, (64 << 10) - 128);
  }

  @Test
  void whatFitsIsAllKept() {
    int blocks = 1000; // half the capacity
    for (int i = 0; i < blocks; i++) {
      assertThat(put(7, i, BLOCK)).isTrue();
    }
    for (int i = 0; i < blocks; i++) {
      assertHolds(cache.find(7, i), 7, i, BLOCK);
    }
  }

  @Test
  void memoryStaysWithinTheCapacity() {
    for (int i = 0; i < 20_000; i++) {
      visit(9, i);
    }
    CacheStats stats = cache.stats();
    assertThat(stats.heldBytes()).isBetween(7L * MIB, 8L * MIB);
    assertThat(budget.usedBytes(MemoryBudget.Use.CACHE)).isEqualTo(stats.heldBytes());
    assertThat(stats.inserted()).isEqualTo(20_000);
    assertThat(stats.evicted()).isGreaterThan(17_000);
  }

  @Test
  void aHotSetSurvivesAScan() {
    int hot = 700; // a third of the capacity
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 20_000; i++) {
      visit(1, random.nextInt(hot));
    }
    int hits = 0;
    for (int i = 0; i < 20_000; i++) { // ten times the capacity, each block once
      visit(2, i);
      if (i % 4 == 0 && visit(1, random.nextInt(hot))) {
        hits++;
      }
    }
    assertThat(hits / 5000.0).isGreaterThan(0.97);
  }

  @Test
  void aSkewedLoadFindsMostOfWhatItAsksFor() {
    SplittableRandom random = new SplittableRandom(1);
    int hits = 0;
    for (int i = 0; i < 200_000; i++) { // 80 % of the questions to 10 % of 10,000 blocks
      int block = random.nextInt(10) < 8 ? random.nextInt(1000) : random.nextInt(10_000);
      if (visit(1, block) && i >= 100_000) {
        hits++;
      }
    }
    assertThat(hits / 100_000.0).isGreaterThan(0.78);
  }

  @Test
  void whileAReaderLingersMemoryIsNotReused() {
    for (int i = 0; i < 2500; i++) {
      visit(1, i);
    }
    int ticket = gate.enter();
    long place = cache.find(1, 2499);
    assertHolds(place, 1, 2499, BLOCK);
    boolean refused = false;
    for (int i = 0; i < 20_000; i++) {
      int other = gate.enter();
      refused |= !put(2, i, BLOCK);
      gate.exit(other);
    }
    assertThat(refused).isTrue();
    assertHolds(place, 1, 2499, BLOCK);
    gate.exit(ticket);
    visit(3, 1); // its own visit is what still keeps the last epoch from passing
    assertThat(visit(3, 1)).isFalse();
    assertThat(visit(3, 1)).isTrue();
  }

  @Test
  void shrinkingFreesMemoryAndGrowingTakesItAgain() {
    for (int i = 0; i < 20_000; i++) {
      visit(9, i);
    }
    cache.resize(2 * MIB);
    cache.resize(2 * MIB); // the second call finds the gate passed
    assertThat(cache.stats().heldBytes()).isLessThanOrEqualTo(2 * MIB);
    for (int i = 0; i < 20_000; i++) {
      visit(10, i);
    }
    assertThat(cache.stats().heldBytes()).isLessThanOrEqualTo(2 * MIB);
    cache.resize(0);
    cache.resize(0);
    assertThat(cache.stats().heldBytes()).isZero();
    assertThat(put(10, 1, BLOCK)).isFalse();
    cache.resize(8 * MIB);
    for (int i = 0; i < 20_000; i++) {
      visit(11, i);
    }
    assertThat(cache.stats().heldBytes()).isBetween(7L * MIB, 8L * MIB);
  }

  @Test
  void aCacheOfNothingRefusesEverything() {
    try (BlockCache none = new BlockCache(0, gate, budget)) {
      byte[] block = new byte[10];
      assertThat(none.insert(1, 1, MemorySegment.ofArray(block), 0, 10)).isFalse();
      assertThat(none.find(1, 1)).isEqualTo(BlockCache.NOT_CACHED);
    }
  }

  @Test
  void aHitAllocatesNothing() {
    put(1, 2, BLOCK);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = 0;
    long allocated = Long.MAX_VALUE;
    for (int round = 0; round < 10; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 10_000; i++) {
        long place = cache.find(1, 2);
        sum += cache.segment(place).get(ValueLayout.JAVA_BYTE, BlockCache.offset(place));
      }
      allocated = Math.min(allocated, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(sum).isNotEqualTo(Long.MIN_VALUE);
    assertThat(allocated).isLessThan(1000); // the reading of the counter itself
  }

  @Test
  void fourThreadsAlwaysFindWhatWasPutIn() throws Exception {
    cache.close();
    cache = new BlockCache(2 * MIB, gate, budget);
    long seed = 42;
    try (ExecutorService threads = Executors.newFixedThreadPool(5)) {
      List<Future<Long>> results = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        SplittableRandom random = new SplittableRandom(seed + thread);
        results.add(threads.submit(visitor(random)));
      }
      Future<Long> resizer =
          threads.submit(() -> {
            SplittableRandom random = new SplittableRandom(seed);
            for (int i = 0; i < 200; i++) {
              cache.resize(random.nextInt(3) * MIB);
              gate.awaitQuiescence();
            }
            cache.resize(2 * MIB);
            return 0L;
          });
      resizer.get();
      long hits = 0;
      for (Future<Long> result : results) {
        hits += result.get();
      }
      assertThat(hits).as("seed %d", seed).isPositive();
    }
  }

  private Callable<Long> visitor(SplittableRandom random) {
    return () -> {
      long hits = 0;
      for (int i = 0; i < 200_000; i++) {
        int ordinal = Math.min(random.nextInt(1500), random.nextInt(1500));
        int length = 100 + ordinal * 5;
        int ticket = gate.enter();
        try {
          long place = cache.find(1, ordinal);
          if (place == BlockCache.NOT_CACHED) {
            put(1, ordinal, length);
          } else {
            hits++;
            assertHolds(place, 1, ordinal, length);
          }
        } finally {
          gate.exit(ticket);
        }
      }
      return hits;
    };
  }

  private boolean visit(long table, int ordinal) {
    int ticket = gate.enter();
    try {
      long place = cache.find(table, ordinal);
      if (place == BlockCache.NOT_CACHED) {
        put(table, ordinal, BLOCK);
        return false;
      }
      assertHolds(place, table, ordinal, BLOCK);
      return true;
    } finally {
      gate.exit(ticket);
    }
  }

  private boolean put(long table, int ordinal, int length) {
    byte[] block = new byte[length];
    byte fill = fill(table, ordinal);
    for (int i = 0; i < length; i++) {
      block[i] = (byte) (fill + i);
    }
    return cache.insert(table, ordinal, MemorySegment.ofArray(block), 0, length);
  }

  private void assertHolds(long place, long table, int ordinal, int length) {
    MemorySegment segment = cache.segment(place);
    long offset = BlockCache.offset(place);
    byte fill = fill(table, ordinal);
    boolean holds = true;
    for (int i = 0; i < length; i += 97) {
      holds &= segment.get(ValueLayout.JAVA_BYTE, offset + i) == (byte) (fill + i);
    }
    holds &= segment.get(ValueLayout.JAVA_BYTE, offset + length - 1) == (byte) (fill + length - 1);
    assertThat(holds).isTrue();
  }

  private static byte fill(long table, int ordinal) {
    return (byte) (table * 31 + ordinal * 17);
  }
}
