package io.zapkv.engine.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.Zap;
import io.zapkv.api.Cursor;
import io.zapkv.api.Durability;
import io.zapkv.api.KeyRange;
import io.zapkv.api.OutOfSpaceException;
import io.zapkv.api.Snapshot;
import io.zapkv.api.UnsupportedException;
import io.zapkv.api.WriteBatch;
import io.zapkv.api.ZapStore;
import io.zapkv.zns.ZonedDevices;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random operations on a store and on a map; every answer must be the same, on whatever device.
///
/// `-Dzap.seed=N` runs that one; `-Dzap.models=N` runs so many.
class StoreModelTest {
  private static final int OPERATIONS = Integer.getInteger("zap.operations", 4000);
  private static final int SECONDS = 120;

  @Test
  void aStoreAnswersAsAMapDoesInMemory() {
    int runs = Integer.getInteger("zap.models", 24);
    for (int run = 0; run < runs; run++) {
      long seed = Long.getLong("zap.seed", 7000L + run);
      SplittableRandom random = new SplittableRandom(seed);
      Shape shape = Shape.draw(random);
      String device = "mem:?name=model-" + seed + "&" + shape.parameters();
      try {
        Watchdog.within(SECONDS, () -> new Run(device, shape, random).play());
      } catch (Throwable e) {
        throw new AssertionError(replay(seed, "aStoreAnswersAsAMapDoesInMemory", shape), e);
      } finally {
        ZonedDevices.forget("mem:?name=model-" + seed);
      }
    }
  }

  @Test
  void aStoreAnswersAsAMapDoesInFiles(@TempDir Path folder) {
    int runs = Integer.getInteger("zap.models", 24) / 4;
    for (int run = 0; run < runs; run++) {
      long seed = Long.getLong("zap.seed", 8000L + run);
      SplittableRandom random = new SplittableRandom(seed);
      Shape shape = Shape.draw(random);
      String device = "emu:" + folder.resolve("d" + run) + "?" + shape.parameters();
      try {
        Watchdog.within(SECONDS, () -> new Run(device, shape, random).play());
      } catch (Throwable e) {
        throw new AssertionError(replay(seed, "aStoreAnswersAsAMapDoesInFiles", shape), e);
      }
    }
  }

  private static String replay(long seed, String test, Shape shape) {
    return "replay with -Dtest=StoreModelTest#" + test + " -Dzap.seed=" + seed + "\n" + shape;
  }

  /// What a snapshot must show.
  private record Moment(Snapshot at, NavigableMap<byte[], byte[]> content) {}

  private static final class Run {
    private final String device;
    private final Shape shape;
    private final SplittableRandom random;
    private final NavigableMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    private final List<Moment> moments = new ArrayList<>();
    private final byte[][] keys;
    private final int valueBytesMax;
    private ZapStore store;

    Run(String device, Shape shape, SplittableRandom random) {
      this.device = device;
      this.shape = shape;
      this.random = random;
      this.keys = keys(random, 20 + random.nextInt(600));
      // A third of the device at most, and now and then far less.
      long most = shape.deviceBytes() / 4 / keys.length;
      this.valueBytesMax = (int) Math.min(1 + random.nextInt(3000), Math.max(1, most));
    }

    private static byte[][] keys(SplittableRandom random, int count) {
      byte[][] keys = new byte[count][];
      for (int i = 0; i < count; i++) {
        String text =
            switch (random.nextInt(4)) {
              case 0 -> "k" + random.nextInt(count);
              case 1 -> "common/prefix/of/many/keys/" + random.nextInt(count);
              case 2 -> "k".repeat(random.nextInt(60)) + i;
              default -> new String(new char[] {(char) random.nextInt(256)});
            };
        keys[i] = text.getBytes(StandardCharsets.ISO_8859_1);
      }
      keys[0] = new byte[0];
      return keys;
    }

    void play() {
      try {
        store = Zap.open(device, shape.options());
      } catch (UnsupportedException e) {
        assertThat(e.advice()).isNotBlank();
        return;
      }
      try {
        for (int i = 0; i < OPERATIONS; i++) {
          step();
        }
        store.compact();
        verifyAll();
        closeMoments();
        reopen();
        verifyAll();
      } finally {
        store.close();
      }
    }

    private void step() {
      switch (random.nextInt(1000)) {
        case 0, 1, 2 -> reopen();
        case 3, 4, 5, 6, 7, 8 -> mayBeFull(() -> store.flush());
        case 9, 10 -> mayBeFull(() -> store.compact());
        case 11, 12, 13, 14 -> moments.add(new Moment(store.snapshot(), copy()));
        case 15, 16, 17 -> closeMoments();
        case 18, 19 -> verifyAll();
        default -> common();
      }
    }

    private void common() {
      switch (random.nextInt(10)) {
        case 0, 1, 2, 3 -> put();
        case 4 -> delete();
        case 5 -> batch();
        case 6, 7 -> get();
        case 8 -> walk(null, model);
        default -> walkMoment();
      }
    }

    private void put() {
      byte[] key = key();
      byte[] value = value();
      Durability durability = durability();
      try {
        store.put(key, value, durability);
        model.put(key, value);
      } catch (OutOfSpaceException e) {
        afterFull(durability, key);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining("at most");
      }
    }

    private void delete() {
      byte[] key = key();
      try {
        store.delete(key);
        model.remove(key);
      } catch (OutOfSpaceException e) {
        afterFull(shape.options().durability(), key);
      }
    }

    private void batch() {
      WriteBatch batch = new WriteBatch();
      NavigableMap<byte[], byte[]> after = copy();
      int count = random.nextInt(12);
      for (int i = 0; i < count; i++) {
        byte[] key = key();
        if (random.nextInt(3) == 0) {
          batch.delete(key);
          after.remove(key);
        } else {
          byte[] value = value();
          batch.put(key, value);
          after.put(key, value);
        }
      }
      Durability durability = durability();
      try {
        store.write(batch, durability);
        model.clear();
        model.putAll(after);
      } catch (OutOfSpaceException e) {
        afterFull(durability, after.keySet().toArray(byte[][]::new));
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining("at most");
      }
    }

    /// A BUFFERED write that was refused has not happened; of a DURABLE one nobody knows.
    private void afterFull(Durability durability, byte[]... touched) {
      if (durability == Durability.DURABLE) {
        for (byte[] key : touched) {
          byte[] now = store.get(key);
          if (now == null) {
            model.remove(key);
          } else {
            model.put(key, now);
          }
        }
      }
    }

    private void mayBeFull(Runnable action) {
      try {
        action.run();
      } catch (OutOfSpaceException e) {
        assertThat(e.advice()).isNotBlank();
      }
    }

    private void get() {
      byte[] key = key();
      assertThat(store.get(key)).isEqualTo(model.get(key));
      if (!moments.isEmpty()) {
        Moment moment = moments.get(random.nextInt(moments.size()));
        assertThat(store.get(key, moment.at())).isEqualTo(moment.content().get(key));
      }
    }

    private void walkMoment() {
      if (moments.isEmpty()) {
        get();
      } else {
        Moment moment = moments.get(random.nextInt(moments.size()));
        walk(moment.at(), moment.content());
      }
    }

    /// A few steps of a cursor, either way, inside bounds.
    private void walk(@Nullable Snapshot at, NavigableMap<byte[], byte[]> content) {
      KeyRange range = KeyRange.all();
      NavigableMap<byte[], byte[]> inside = content;
      if (random.nextBoolean()) {
        byte[] from = key();
        byte[] to = key();
        range = KeyRange.of(from, to);
        inside =
            Arrays.compareUnsigned(from, to) <= 0
                ? content.subMap(from, true, to, false)
                : new TreeMap<>(Arrays::compareUnsigned);
      }
      try (Cursor cursor = store.cursor(range, at)) {
        Map.Entry<byte[], byte[]> expected = place(cursor, inside);
        for (int step = random.nextInt(20); step >= 0; step--) {
          check(cursor, expected);
          if (expected == null) {
            expected = place(cursor, inside);
          } else if (random.nextInt(3) > 0) {
            cursor.next();
            expected = inside.higherEntry(expected.getKey());
          } else {
            cursor.prev();
            expected = inside.lowerEntry(expected.getKey());
          }
        }
      }
    }

    private Map.@Nullable Entry<byte[], byte[]> place(
        Cursor cursor, NavigableMap<byte[], byte[]> inside) {
      byte[] key = key();
      switch (random.nextInt(4)) {
        case 0 -> {
          cursor.first();
          return inside.firstEntry();
        }
        case 1 -> {
          cursor.last();
          return inside.lastEntry();
        }
        case 2 -> {
          cursor.seek(key);
          return inside.ceilingEntry(key);
        }
        default -> {
          cursor.seekForPrev(key);
          return inside.floorEntry(key);
        }
      }
    }

    private static void check(Cursor cursor, Map.@Nullable Entry<byte[], byte[]> expected) {
      assertThat(cursor.isValid()).isEqualTo(expected != null);
      if (expected != null) {
        same("key", cursor.key(), expected.getKey());
        same("value", cursor.value(), expected.getValue());
      }
    }

    private static void same(String what, byte[] found, byte[] expected) {
      if (!Arrays.equals(found, expected)) {
        HexFormat hex = HexFormat.of();
        assertThat(hex.formatHex(found)).as(what).isEqualTo(hex.formatHex(expected));
      }
    }

    private void verifyAll() {
      verify(null, model);
      for (Moment moment : moments) {
        verify(moment.at(), moment.content());
      }
    }

    private void verify(@Nullable Snapshot at, NavigableMap<byte[], byte[]> content) {
      for (byte[] key : keys) {
        byte[] found = at == null ? store.get(key) : store.get(key, at);
        assertThat(found).as("%s", (Object) key).isEqualTo(content.get(key));
      }
      try (Cursor cursor = store.cursor(at)) {
        cursor.first();
        for (Map.Entry<byte[], byte[]> entry : content.entrySet()) {
          check(cursor, entry);
          cursor.next();
        }
        check(cursor, null);
        cursor.last();
        for (Map.Entry<byte[], byte[]> entry : content.descendingMap().entrySet()) {
          check(cursor, entry);
          cursor.prev();
        }
        check(cursor, null);
      }
    }

    private void reopen() {
      closeMoments();
      store.close();
      store = Zap.open(device, shape.options());
    }

    private void closeMoments() {
      moments.forEach(moment -> moment.at().close());
      moments.clear();
    }

    private NavigableMap<byte[], byte[]> copy() {
      return new TreeMap<>(model);
    }

    private byte[] key() {
      return keys[random.nextInt(keys.length)];
    }

    private byte[] value() {
      byte[] value = new byte[random.nextInt(valueBytesMax)];
      if (random.nextBoolean()) {
        random.nextBytes(value);
      } else {
        Arrays.fill(value, (byte) random.nextInt(256));
      }
      return value;
    }

    private Durability durability() {
      return random.nextInt(20) == 0 ? Durability.DURABLE : shape.options().durability();
    }
  }
}
