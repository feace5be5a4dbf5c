package io.zapkv.engine.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.api.ClosedException;
import io.zapkv.api.Cursor;
import io.zapkv.api.Durability;
import io.zapkv.api.KeyRange;
import io.zapkv.api.OutOfSpaceException;
import io.zapkv.api.Snapshot;
import io.zapkv.api.WriteBatch;
import io.zapkv.api.ZapStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/// One thread of a soak: the only writer of its keys, and a reader of everybody's.
///
/// A version grows with each write to a key, deletions included. The owner publishes what it begins
/// and what was acknowledged, so that anyone knows, without a lock, between which versions an
/// answer must lie. A pair of keys is written by batches only and must always be seen alike.
final class SoakWorker {
  private static final int PAIR = 2;

  private final int id;
  private final int workers;
  private final int keys;
  private final int valueBytesMax;
  private final SplittableRandom random;
  private SoakWorker[] all = {};

  /// By key: the version begun last, the one acknowledged last; whether that deletes.
  private final AtomicLongArray begun;

  private final AtomicLongArray acked;
  private final AtomicIntegerArray deleted;
  long writes;
  long reads;
  long walked;
  long snapshots;
  long held;
  long flushes;
  private Cursor cursor; // held while other work goes on, or null
  private long[] cursorVersions = {};

  SoakWorker(int id, int workers, int keys, int valueBytesMax, SplittableRandom random) {
    this.id = id;
    this.workers = workers;
    this.keys = keys;
    this.valueBytesMax = valueBytesMax;
    this.random = random;
    this.begun = new AtomicLongArray(keys);
    this.acked = new AtomicLongArray(keys);
    this.deleted = new AtomicIntegerArray(keys);
  }

  void know(List<SoakWorker> everybody) {
    all = everybody.toArray(new SoakWorker[0]);
  }

  void workUntilClosed(ZapStore store) {
    try {
      while (true) {
        step(store);
      }
    } catch (ClosedException _) {
      // as was to be expected
    }
    if (cursor != null) {
      assertThatThrownBy(cursor::first).isInstanceOf(ClosedException.class);
      cursor.close();
      cursor = null;
    }
  }

  private void step(ZapStore store) {
    try {
      int kind = random.nextInt(1_000);
      if (kind < 2) {
        snapshot(store);
      } else if (kind < 10) {
        walk(store);
      } else if (kind < 14) {
        hold(store);
      } else if (kind < 100) {
        pair(store);
      } else if (kind < 300) {
        readOwn(store);
      } else if (kind < 400) {
        readOther(store);
      } else if (kind < 500) {
        delete(store);
      } else if (kind < 999) {
        put(store);
      } else {
        rarely(store);
      }
    } catch (OutOfSpaceException e) {
      throw new AssertionError("there is room", e);
    }
  }

  private void rarely(ZapStore store) {
    if (random.nextInt(4) > 0) {
      store.flush();
    } else {
      store.compact();
    }
    flushes++;
  }

  private int ownKey() {
    return PAIR + random.nextInt(keys - PAIR);
  }

  private Durability durability() {
    return random.nextInt(50) == 0 ? Durability.DURABLE : Durability.BUFFERED;
  }

  private byte[] value(int key, long version) {
    return SoakValue.of(id, key, version, random.nextInt(valueBytesMax));
  }

  private void put(ZapStore store) {
    int key = ownKey();
    long version = begun.incrementAndGet(key);
    store.put(SoakValue.key(id, key), value(key, version), durability());
    acknowledge(key, version, 0);
  }

  private void delete(ZapStore store) {
    int key = ownKey();
    long version = begun.incrementAndGet(key);
    store.delete(SoakValue.key(id, key));
    acknowledge(key, version, 1);
  }

  private void pair(ZapStore store) {
    WriteBatch batch = new WriteBatch();
    long version = 0;
    for (int key = 0; key < PAIR; key++) {
      version = begun.incrementAndGet(key);
      batch.put(SoakValue.key(id, key), value(key, version));
    }
    store.write(batch, durability());
    for (int key = 0; key < PAIR; key++) {
      acknowledge(key, version, 0);
    }
  }

  private void acknowledge(int key, long version, int isDeleted) {
    deleted.set(key, isDeleted);
    acked.set(key, version);
    writes++;
  }

  /// Nobody else writes it, so the answer is known.
  private void readOwn(ZapStore store) {
    checkOwn(store, random.nextInt(keys));
  }

  private void checkOwn(ZapStore store, int key) {
    long version = SoakValue.version(store.get(SoakValue.key(id, key)), id, key);
    reads++;
    if (begun.get(key) == acked.get(key)) {
      assertThat(version)
          .as("key %d of %d", key, id)
          .isEqualTo(deleted.get(key) == 1 ? 0 : acked.get(key));
    } else {
      assertThat(version == 0 || version <= begun.get(key)).isTrue();
    }
  }

  /// Between what was acknowledged before and what was begun until afterwards.
  private void readOther(ZapStore store) {
    SoakWorker other = all[random.nextInt(workers)];
    int key = random.nextInt(keys);
    long atLeast = other.acked.get(key);
    long first = SoakValue.version(store.get(SoakValue.key(other.id, key)), other.id, key);
    long second = SoakValue.version(store.get(SoakValue.key(other.id, key)), other.id, key);
    long atMost = other.begun.get(key);
    reads += 2;
    other.requireBetween(key, first, atLeast, atMost);
    other.requireBetween(key, second, Math.max(first, atLeast), atMost);
  }

  /// A key that is not there may have been deleted, unless only batches write it.
  private void requireBetween(int key, long version, long atLeast, long atMost) {
    boolean isGone = version == 0 && key >= PAIR;
    if (!isGone && (version < atLeast || version > atMost)) {
      throw new AssertionError(
          "key %d of %d is version %d, expected %d to %d"
              .formatted(key, id, version, atLeast, atMost));
    }
  }

  /// A snapshot shows the same however often it is looked at, by keys and by cursors, both ways.
  private void snapshot(ZapStore store) {
    SoakWorker other = all[random.nextInt(workers)];
    long[] atLeast = new long[keys];
    for (int key = 0; key < keys; key++) {
      atLeast[key] = other.acked.get(key);
    }
    try (Snapshot at = store.snapshot()) {
      snapshots++;
      long[] atMost = new long[keys];
      for (int key = 0; key < keys; key++) {
        atMost[key] = other.begun.get(key);
      }
      long[] seen = new long[keys];
      for (int key = 0; key < keys; key++) {
        seen[key] = SoakValue.version(store.get(SoakValue.key(other.id, key), at), other.id, key);
        other.requireBetween(key, seen[key], atLeast[key], atMost[key]);
      }
      assertThat(seen[0]).as("half a batch in a snapshot").isEqualTo(seen[1]);
      for (int round = random.nextInt(3); round >= 0; round--) {
        for (int i = 0; i < 30; i++) {
          put(store);
        }
        long[] again = new long[keys];
        for (byte[][] entry : entries(store, KeyRange.all(), at, random.nextBoolean())) {
          if (SoakValue.ownerOf(entry[0]) == other.id) {
            int key = SoakValue.numberOf(entry[0]);
            again[key] = SoakValue.version(entry[1], other.id, key);
          }
        }
        assertThat(again).as("a snapshot looked at again").isEqualTo(seen);
      }
    }
  }

  /// What a cursor without a snapshot shows is in order, and one moment of each pair.
  private void walk(ZapStore store) {
    int from = random.nextInt(keys);
    KeyRange range =
        KeyRange.of(SoakValue.key(0, from), SoakValue.key(0, Math.min(keys, from + PAIR + 10)));
    long[] firstOfPair = new long[workers];
    for (byte[][] entry : entries(store, range, null, random.nextBoolean())) {
      int owner = SoakValue.ownerOf(entry[0]);
      int key = SoakValue.numberOf(entry[0]);
      long version = SoakValue.version(entry[1], owner, key);
      assertThat(version).isLessThanOrEqualTo(all[owner].begun.get(key));
      if (key < PAIR && from == 0) {
        assertThat(firstOfPair[owner] == 0 || firstOfPair[owner] == version)
            .as("half a batch under a cursor")
            .isTrue();
        firstOfPair[owner] = version;
      }
    }
  }

  /// A cursor that is opened now and walked later, when all have gone on, shows now.
  private void hold(ZapStore store) {
    if (cursor == null) {
      cursorVersions = new long[keys];
      for (int key = 0; key < keys; key++) {
        cursorVersions[key] = deleted.get(key) == 1 ? 0 : acked.get(key);
      }
      cursor = store.cursor();
      return;
    }
    long[] seen = new long[keys];
    for (byte[][] entry : entries(cursor, KeyRange.all(), random.nextBoolean())) {
      if (SoakValue.ownerOf(entry[0]) == id) {
        int key = SoakValue.numberOf(entry[0]);
        seen[key] = SoakValue.version(entry[1], id, key);
      }
    }
    assertThat(seen).as("a cursor that was held").isEqualTo(cursorVersions);
    cursor.close();
    cursor = null;
    held++;
  }

  private List<byte[][]> entries(ZapStore store, KeyRange range, Snapshot at, boolean isForward) {
    try (Cursor opened = store.cursor(range, at)) {
      return entries(opened, range, isForward);
    }
  }

  private List<byte[][]> entries(Cursor cursor, KeyRange range, boolean isForward) {
    List<byte[][]> entries = new ArrayList<>();
    byte[] before = null;
    if (isForward) {
      cursor.first();
    } else {
      cursor.last();
    }
    while (cursor.isValid()) {
      byte[] key = cursor.key();
      int order = before == null ? 0 : Arrays.compareUnsigned(before, key);
      assertThat(before == null || (isForward ? order < 0 : order > 0)).as("sorted").isTrue();
      assertThat(range.contains(key)).isTrue();
      entries.add(new byte[][] {key, cursor.value()});
      before = key;
      walked++;
      if (isForward) {
        cursor.next();
      } else {
        cursor.prev();
      }
    }
    return entries;
  }

  /// After a reopening: what was acknowledged is there, what was begun may be, as it is now.
  void checkAll(ZapStore store) {
    for (int key = 0; key < keys; key++) {
      checkOwn(store, key);
      if (begun.get(key) != acked.get(key)) {
        long now = SoakValue.version(store.get(SoakValue.key(id, key)), id, key);
        boolean isAcked = now == (deleted.get(key) == 1 ? 0 : acked.get(key));
        boolean isBegun = now == begun.get(key) || now == 0;
        assertThat(isAcked || isBegun).as("key %d of %d: %d", key, id, now).isTrue();
        deleted.set(key, now == 0 ? 1 : 0);
        acked.set(key, begun.get(key));
        if (now != 0 && now != begun.get(key)) {
          put(store, key);
        }
      }
    }
  }

  private void put(ZapStore store, int key) {
    if (key < PAIR) {
      pair(store);
      return;
    }
    long version = begun.incrementAndGet(key);
    store.put(SoakValue.key(id, key), value(key, version));
    acknowledge(key, version, 0);
  }

  /// Nothing is in the store but what the workers wrote.
  static void checkWhole(ZapStore store, List<SoakWorker> workers) {
    List<byte[][]> entries = workers.getFirst().entries(store, KeyRange.all(), null, true);
    long expected = 0;
    for (SoakWorker worker : workers) {
      for (int key = 0; key < worker.keys; key++) {
        expected += worker.acked.get(key) > 0 && worker.deleted.get(key) == 0 ? 1 : 0;
      }
    }
    assertThat((long) entries.size()).isEqualTo(expected);
  }
}
