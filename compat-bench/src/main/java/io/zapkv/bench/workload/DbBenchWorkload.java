package io.zapkv.bench.workload;

import io.zapkv.api.Durability;
import io.zapkv.api.KeyRange;
import io.zapkv.bench.target.Scratch;
import io.zapkv.bench.target.Target;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/// One of db_bench's benchmarks.
///
/// Keys are RocksDB's: the number as 8 bytes, big-endian, then '0' up to 16. Values shrink to half.
/// N is what all threads do together, where db_bench lets each do N: sequences are cut into one
/// piece a thread.
///
/// One look at the clock an operation, so a latency includes making the key, some 10 ns.
public final class DbBenchWorkload implements Workload {
  /// Length of a key, in bytes.
  public static final int KEY_BYTES = 16;

  /// Entries of a batch of `fillbatch`.
  public static final int BATCH_ENTRIES = 1000;

  /// `fillsync` does one in so many of N.
  public static final int SYNC_DIVISOR = 1000;

  /// Entries read after each seek of `seekrandom`, or before it.
  public static final int SEEK_NEXTS = 10;

  private static final double RANDOM_SHARE = 0.5;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final DbBenchKind kind;
  private final long number;
  private final int valueBytes;
  private final long seed;

  /// @param kind which one
  /// @param number how many keys there are, and how many operations
  /// @param valueBytes length of a value
  /// @param seed what keys and values are drawn from
  public DbBenchWorkload(DbBenchKind kind, long number, int valueBytes, long seed) {
    this.kind = kind;
    this.number = number;
    this.valueBytes = valueBytes;
    this.seed = seed;
  }

  @Override
  public String name() {
    return kind.label();
  }

  @Override
  public long operations() {
    return kind == DbBenchKind.FILLSYNC ? Math.max(1, number / SYNC_DIVISOR) : number;
  }

  @Override
  public Worker worker(Target target, int thread, int threads, Recorder recorder) {
    var hand = new Hand(target, thread, recorder);
    long from = number * thread / threads;
    long to = number * (thread + 1) / threads;
    return switch (kind) {
      case FILLSEQ -> new Sequential(hand, from, to);
      case FILLRANDOM, OVERWRITE -> new Random(hand, Durability.BUFFERED);
      case FILLSYNC -> new Random(hand, Durability.DURABLE);
      case FILLBATCH -> new Batched(hand, from, to);
      case READRANDOM -> new Reads(hand, hand.key);
      case READMISSING -> new Reads(hand, Arrays.copyOf(hand.key, KEY_BYTES + 1));
      case READSEQ -> new Scan(hand);
      case SEEKRANDOM -> new Seeks(hand, false);
      case SEEKRANDOM_REVERSE -> new Seeks(hand, true);
      case DELETERANDOM -> new Deletes(hand);
    };
  }

  /// What every thread has: the store, its own randomness, and buffers that are filled again and
  /// again.
  private final class Hand {
    final Target target;
    final Recorder recorder;
    final SplittableRandom random;
    final ValueSource values;
    final byte[] key = new byte[KEY_BYTES];

    Hand(Target target, int thread, Recorder recorder) {
      this.target = target;
      this.recorder = recorder;
      // Each benchmark draws keys of its own: reads must not follow the order of the fill.
      this.random = new SplittableRandom(seed * 31 + kind.label().hashCode() + thread);
      this.values = new ValueSource(seed + thread, valueBytes, RANDOM_SHARE);
      Arrays.fill(key, (byte) '0');
    }

    long draw() {
      return random.nextLong(number);
    }

    void put(long number, Durability durability) {
      LONG.set(key, 0, number);
      target.put(key, values.next(), durability);
      recorder.lap();
      recorder.wrote(KEY_BYTES + valueBytes);
    }
  }

  private static final class Sequential implements Worker {
    private final Hand hand;
    private final long to;
    private long next;

    Sequential(Hand hand, long from, long to) {
      this.hand = hand;
      this.next = from;
      this.to = to;
    }

    @Override
    public int step() {
      if (next >= to) {
        return 0;
      }
      hand.put(next++, Durability.BUFFERED);
      return 1;
    }
  }

  private record Random(Hand hand, Durability durability) implements Worker {
    @Override
    public int step() {
      hand.put(hand.draw(), durability);
      return 1;
    }
  }

  private static final class Batched implements Worker {
    private final Hand hand;
    private final Target.Batch batch;
    private final long to;
    private long next;

    Batched(Hand hand, long from, long to) {
      this.hand = hand;
      this.batch = hand.target.batch();
      this.next = from;
      this.to = to;
    }

    @Override
    public int step() {
      int entries = (int) Math.min(BATCH_ENTRIES, to - next);
      for (int i = 0; i < entries; i++) {
        LONG.set(hand.key, 0, next++);
        byte[] value = hand.values.next();
        batch.put(hand.key, value);
        hand.recorder.wrote(KEY_BYTES + value.length);
      }
      if (entries > 0) {
        batch.write(Durability.BUFFERED);
        hand.recorder.lap();
      }
      return entries;
    }

    @Override
    public void close() {
      batch.close();
    }
  }

  /// With a key longer than those written, every read misses, in the midst of keys that are there.
  private static final class Reads implements Worker {
    private final Hand hand;
    private final byte[] key;

    Reads(Hand hand, byte[] key) {
      this.hand = hand;
      this.key = key;
    }

    @Override
    public int step() {
      LONG.set(key, 0, hand.draw());
      byte[] value = hand.target.get(key);
      hand.recorder.lap();
      if (value == null) {
        hand.recorder.missed();
      }
      return 1;
    }
  }

  private static final class Scan implements Worker {
    private final Hand hand;
    private final Target.Walk walk;
    private final Scratch scratch = new Scratch();

    Scan(Hand hand) {
      this.hand = hand;
      this.walk = hand.target.walk(KeyRange.all(), null);
      walk.first();
    }

    @Override
    public int step() {
      if (!walk.isValid()) {
        return 0;
      }
      walk.copy(scratch);
      walk.next();
      hand.recorder.lap();
      return 1;
    }

    @Override
    public void close() {
      walk.close();
    }
  }

  private static final class Seeks implements Worker {
    private final Hand hand;
    private final boolean backwards;
    private final Scratch scratch = new Scratch();

    Seeks(Hand hand, boolean backwards) {
      this.hand = hand;
      this.backwards = backwards;
    }

    @Override
    public int step() {
      LONG.set(hand.key, 0, hand.draw());
      // A new cursor each time, as db_bench does: a cursor sees the store as of its opening.
      try (Target.Walk walk = hand.target.walk(KeyRange.all(), null)) {
        if (backwards) {
          walk.seekForPrev(hand.key);
        } else {
          walk.seek(hand.key);
        }
        for (int i = 0; i <= SEEK_NEXTS && walk.isValid(); i++) {
          walk.copy(scratch);
          if (backwards) {
            walk.prev();
          } else {
            walk.next();
          }
        }
      }
      hand.recorder.lap();
      return 1;
    }
  }

  private record Deletes(Hand hand) implements Worker {
    @Override
    public int step() {
      LONG.set(hand.key, 0, hand.draw());
      hand.target.delete(hand.key);
      hand.recorder.lap();
      hand.recorder.wrote(KEY_BYTES);
      return 1;
    }
  }
}
