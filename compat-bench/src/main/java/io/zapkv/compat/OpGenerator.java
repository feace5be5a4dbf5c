package io.zapkv.compat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Makes a script from a seed. The same seed makes the same script.
///
/// Each seed draws its own habits: how many keys, how long they and values are, how often each kind
/// of operation comes. Scripts that all did a bit of everything would never do much of one thing.
///
/// **Threading.** One thread.
public final class OpGenerator {
  private static final int SNAPSHOTS = 3;
  private static final int CURSORS = 2;
  private static final int MOVES_MAX = 12;
  private static final int KINDS = 9;
  private static final int KEYS_MAX = 400;
  private static final int HEAVY_KEYS = 500;
  private static final int VALUE_BYTES_MAX = 16_000;

  /// What a store with the smallest memtable takes at once, and some room for keys.
  private static final int BATCH_BYTES_MAX = 200_000;

  private static final int ENTRY_BYTES_BESIDE_VALUE = 64;

  private final SplittableRandom random;
  private final List<Data> keys;
  private final int valueMax;
  private final int batchMax;
  private final int durablePercent;
  private final int[] weights = new int[KINDS];

  /// @param seed what everything is drawn from
  public OpGenerator(long seed) {
    random = new SplittableRandom(seed);
    keys = keys(pick(4, 16, 64, KEYS_MAX));
    valueMax = pick(0, 8, 100, 3000, VALUE_BYTES_MAX);
    batchMax = batchMax(pick(8, 8, 60));
    durablePercent = pick(0, 1, 10);
    for (int kind = 0; kind < KINDS; kind++) {
      // Reopening and compacting are dear and stay rare.
      weights[kind] = kind < 6 ? pick(0, 1, 4, 10) : pick(0, 0, 1);
    }
    weights[0] = Math.max(1, weights[0]);
  }

  private OpGenerator(long seed, int[] weights) {
    random = new SplittableRandom(seed);
    keys = keys(HEAVY_KEYS);
    valueMax = VALUE_BYTES_MAX;
    batchMax = batchMax(60);
    durablePercent = 1;
    System.arraycopy(weights, 0, this.weights, 0, KINDS);
  }

  /// Scripts of one habit: many keys with long values, so that some hundreds of operations are more
  /// than the smallest memtable and the smallest zones hold.
  ///
  /// @param seed what everything is drawn from
  public static OpGenerator heavy(long seed) {
    return new OpGenerator(seed, new int[] {160, 120, 60, 30, 16, 40, 2, 1, 1});
  }

  private int batchMax(int wanted) {
    return Math.min(wanted, BATCH_BYTES_MAX / (valueMax + ENTRY_BYTES_BESIDE_VALUE));
  }

  /// The next operations.
  public List<Op> ops(int count) {
    List<Op> ops = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ops.add(op());
    }
    return ops;
  }

  private Op op() {
    int at = random.nextInt(Arrays.stream(weights).sum());
    int kind = 0;
    while (at >= weights[kind]) {
      at -= weights[kind++];
    }
    return switch (kind) {
      case 0 -> said(change());
      case 1 -> said(batch());
      case 2 -> new Op.Get(key(), snapshot());
      case 3 -> walk();
      case 4 ->
          random.nextInt(3) == 0
              ? new Op.Release(random.nextInt(SNAPSHOTS))
              : new Op.Take(random.nextInt(SNAPSHOTS));
      case 5 -> cursor();
      case 6 -> new Op.Flush();
      case 7 -> new Op.Compact();
      default -> new Op.Reopen();
    };
  }

  /// A change by one of the methods there are for it.
  private Op said(Op change) {
    if (change instanceof Op.Delete) {
      return change;
    }
    if (random.nextInt(100) < durablePercent) {
      return new Op.With(Op.Way.DURABLE, change);
    }
    return switch (random.nextInt(4)) {
      case 0 -> new Op.With(Op.Way.BUFFERED, change);
      case 1 -> change instanceof Op.Put ? new Op.With(Op.Way.SEGMENTS, change) : change;
      default -> change;
    };
  }

  private Op.Change change() {
    return random.nextInt(4) == 0 ? new Op.Delete(key()) : new Op.Put(key(), value());
  }

  private Op batch() {
    List<Op.Change> changes = new ArrayList<>();
    for (int i = random.nextInt(batchMax + 1); i > 0; i--) {
      changes.add(change());
    }
    return new Op.Batch(changes);
  }

  /// Mostly moves: a cursor that is kept is there to be moved after writes.
  private Op cursor() {
    int cursor = random.nextInt(CURSORS);
    return switch (random.nextInt(8)) {
      case 0, 1 -> {
        Ends ends = ends();
        yield new Op.Hold(cursor, ends.from, ends.to, snapshot());
      }
      case 2 -> new Op.Drop(cursor);
      default -> new Op.Step(cursor, moves());
    };
  }

  private Op walk() {
    Ends ends = ends();
    return new Op.Walk(ends.from, ends.to, snapshot(), moves());
  }

  private record Ends(@Nullable Data from, @Nullable Data to) {}

  /// Of a range, which now and then ends before it begins.
  private Ends ends() {
    Data from = random.nextInt(3) == 0 ? end() : null;
    Data to = random.nextInt(3) == 0 ? end() : null;
    boolean isReversed =
        from != null && to != null && Arrays.compareUnsigned(from.bytes(), to.bytes()) > 0;
    return isReversed && random.nextInt(8) > 0 ? new Ends(to, from) : new Ends(from, to);
  }

  private List<Op.Move> moves() {
    List<Op.Move> moves = new ArrayList<>();
    for (int i = random.nextInt(MOVES_MAX); i >= 0; i--) {
      moves.add(
          switch (random.nextInt(8)) {
            case 0 -> new Op.Move.First();
            case 1 -> new Op.Move.Last();
            case 2 -> new Op.Move.Seek(key());
            case 3 -> new Op.Move.SeekForPrev(key());
            case 4, 5 -> new Op.Move.Next();
            default -> new Op.Move.Prev();
          });
    }
    return moves;
  }

  /// The end of a range is never the empty key, which a script cannot tell from an open end.
  private @Nullable Data end() {
    Data key = key();
    return key.length() == 0 ? null : key;
  }

  private @Nullable Integer snapshot() {
    return random.nextInt(3) == 0 ? random.nextInt(SNAPSHOTS) : null;
  }

  private Data key() {
    return keys.get(random.nextInt(keys.size()));
  }

  private Data value() {
    int length = random.nextInt(valueMax + 1);
    if (length == 0) {
      return Data.of();
    }
    byte[] pattern = new byte[Math.min(length, 4)];
    random.nextBytes(pattern);
    return new Data(Data.of(pattern).pattern(), length);
  }

  /// Keys that are each other's prefixes, that end in 0x00 and 0xff, and long ones.
  private List<Data> keys(int count) {
    List<Data> made = new ArrayList<>();
    if (random.nextBoolean()) {
      made.add(Data.of());
    }
    while (made.size() < count) {
      byte[] key = new byte[1 + random.nextInt(pick(2, 6, 20))];
      for (int i = 0; i < key.length; i++) {
        key[i] = (byte) pick(0, 1, 'a', 'b', 'z', 0x7f, 0x80, 0xff);
      }
      made.add(Data.of(key));
    }
    return made;
  }

  private int pick(int... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
