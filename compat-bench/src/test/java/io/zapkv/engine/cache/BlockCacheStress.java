package io.zapkv.engine.cache;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.zapkv.engine.base.EpochGate;
import io.zapkv.engine.base.MemoryBudget;
import io.zapkv.engine.format.Layouts;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/// Finding blocks while others are inserted and evicted. All states share one small cache, so that
/// it is always being evicted; each has tables of its own.
public class BlockCacheStress {
  private static final int ABSENT = 0;
  private static final int RIGHT = 1;
  private static final int WRONG = 2;

  /// A tenth of a segment: an eviction for about every tenth insert.
  private static final int BLOCK_BYTES = 6_000;

  private static final int CACHE_BYTES = 8 * (64 << 10);
  private static final AtomicLong TABLES = new AtomicLong(1);
  private static final EpochGate GATE = new EpochGate(LockSupport::parkNanos);
  private static final BlockCache CACHE =
      new BlockCache(CACHE_BYTES, GATE, new MemoryBudget(Long.MAX_VALUE));

  /// One block that is put there by one actor and looked for by another.
  public static class Base {
    final long table = TABLES.getAndIncrement();

    final void insert() {
      byte[] block = new byte[BLOCK_BYTES];
      MemorySegment memory = MemorySegment.ofArray(block);
      for (int at = 0; at < BLOCK_BYTES; at += Long.BYTES) {
        memory.set(Layouts.U64, at, table);
      }
      int ticket = GATE.enter();
      CACHE.insert(table, 0, memory, 0, BLOCK_BYTES);
      GATE.exit(ticket);
    }

    static int find(long table) {
      int ticket = GATE.enter();
      try {
        long place = CACHE.find(table, 0);
        if (place == BlockCache.NOT_CACHED) {
          return ABSENT;
        }
        MemorySegment memory = CACHE.segment(place);
        long offset = BlockCache.offset(place);
        for (int at = 0; at < BLOCK_BYTES; at += Long.BYTES) {
          if (memory.get(Layouts.U64, offset + at) != table) {
            return WRONG;
          }
        }
        return RIGHT;
      } finally {
        GATE.exit(ticket);
      }
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0", "1"},
      expect = ACCEPTABLE,
      desc = "not there, or the whole block")
  @State
  public static class ABlockIsFoundWholeWhileItIsInserted extends Base {
    @Actor
    public void writer() {
      insert();
    }

    @Actor
    public void reader(I_Result r) {
      r.r1 = find(table);
    }
  }

  /// The reader looks for blocks that are about to be evicted.
  @JCStressTest
  @Outcome(
      id = {"0", "1"},
      expect = ACCEPTABLE,
      desc = "gone, or the whole block")
  @State
  public static class ABlockIsFoundWholeWhileOthersEvictIt extends Base {
    private static final int BLOCKS_OF_THE_CACHE = CACHE_BYTES / BLOCK_BYTES;

    @Actor
    public void writer() {
      insert();
    }

    @Actor
    public void reader(I_Result r) {
      int worst = ABSENT;
      for (int back = 1; back < BLOCKS_OF_THE_CACHE; back += 3) {
        worst = Math.max(worst, find(table - back));
      }
      r.r1 = worst;
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0", "1"},
      expect = ACCEPTABLE,
      desc = "gone, or the whole block")
  @State
  public static class ABlockIsFoundWholeWhileTheCacheShrinks extends Base {
    public ABlockIsFoundWholeWhileTheCacheShrinks() {
      insert();
    }

    @Actor
    public void owner() {
      CACHE.resize(table % 2 == 0 ? CACHE_BYTES * 3L / 4 : CACHE_BYTES);
    }

    @Actor
    public void reader(I_Result r) {
      r.r1 = Math.max(find(table), find(table - 10));
    }
  }
}
