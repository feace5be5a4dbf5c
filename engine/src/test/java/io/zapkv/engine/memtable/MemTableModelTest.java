package io.zapkv.engine.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.api.WriteBatch;
import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.format.ValueKind;
import io.zapkv.engine.staging.StagingArea;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Holds a memtable against a sorted map of all versions, by random operations. A failure names its
/// seed; `-Dzap.seed=N` runs that one.
class MemTableModelTest {
  private record Version(byte[] key, long sequence) {}

  private record Content(int kind, byte[] value) {}

  private static final Comparator<Version> INTERNAL_ORDER =
      Comparator.comparing(Version::key, Arrays::compareUnsigned)
          .thenComparing(Comparator.comparingLong(Version::sequence).reversed());

  private final ConcurrentSkipListMap<Version, Content> model =
      new ConcurrentSkipListMap<>(INTERNAL_ORDER);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void itAnswersAsASortedMapOfAllVersionsWould(int run) {
    long seed = Long.getLong("zap.seed", 1000L + run);
    String replay = "replay with -Dtest=MemTableModelTest -Dzap.seed=" + seed;
    SplittableRandom random = new SplittableRandom(seed);
    List<byte[]> keys = KeyShapes.drawAll(random, 1 + random.nextInt(300));
    try (Arena arena = Arena.ofShared()) {
      MemTable table = new MemTable(StagingArea.scratch(arena, 1 << 20, 77), 0);
      boolean room = true;
      for (int step = 0; step < 4000 && room; step++) {
        switch (random.nextInt(100)) {
          case 0, 1 -> compareCursor(table, random, keys, replay);
          case 2, 3, 4, 5 -> room = batch(table, random, keys);
          case 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 -> compareGet(table, random, keys, replay);
          default -> room = single(table, random, keys);
        }
      }
      for (int i = 0; i < 20; i++) {
        compareCursor(table, random, keys, replay);
      }
      table.release();
    }
  }

  @Test
  void manyRecordsComeOutSortedWhateverTheirKeysLookLike() {
    SplittableRandom random = new SplittableRandom(5);
    for (int shape = 0; shape < KeyShapes.SHAPES; shape++) {
      try (Arena arena = Arena.ofShared()) {
        model.clear();
        MemTable table = new MemTable(StagingArea.scratch(arena, 4 << 20, 0), 0);
        while (true) {
          byte[] key = KeyShapes.draw(random, shape);
          long sequence = put(table, key, new byte[0]);
          if (sequence == MemTable.FULL) {
            break;
          }
          model.put(new Version(key, sequence), new Content(ValueKind.PUT, new byte[0]));
        }
        assertThat(model.size()).isGreaterThan(10_000);
        InternalCursor cursor = table.cursor(Trailer.SEQUENCE_MAX);
        cursor.first();
        for (Version expected : model.keySet()) {
          assertThat(cursor.isValid()).isTrue();
          if (!Arrays.equals(key(cursor), expected.key) || cursor.sequence() != expected.sequence) {
            assertThat(key(cursor)).as("shape " + shape).isEqualTo(expected.key);
            assertThat(cursor.sequence()).as("shape " + shape).isEqualTo(expected.sequence);
          }
          cursor.next();
        }
        assertThat(cursor.isValid()).isFalse();
        table.release();
      }
    }
  }

  private boolean single(MemTable table, SplittableRandom random, List<byte[]> keys) {
    byte[] key = keys.get(random.nextInt(keys.size()));
    byte[] value = new byte[random.nextInt(60)];
    random.nextBytes(value);
    boolean delete = random.nextInt(5) == 0;
    byte[] stored = delete ? new byte[0] : value;
    int kind = delete ? ValueKind.DELETE : ValueKind.PUT;
    long sequence =
        random.nextBoolean()
            ? table.add(kind, key, 0, key.length, stored, 0, stored.length)
            : table.add(
                kind,
                MemorySegment.ofArray(key),
                0,
                key.length,
                MemorySegment.ofArray(stored),
                0,
                stored.length);
    if (sequence != MemTable.FULL) {
      model.put(new Version(key, sequence), new Content(kind, stored));
    }
    return sequence != MemTable.FULL;
  }

  private boolean batch(MemTable table, SplittableRandom random, List<byte[]> keys) {
    WriteBatch batch = new WriteBatch();
    List<byte[]> batchKeys = new ArrayList<>();
    List<Content> contents = new ArrayList<>();
    int size = 1 + random.nextInt(6);
    for (int i = 0; i < size; i++) {
      byte[] key = keys.get(random.nextInt(keys.size()));
      byte[] value = new byte[random.nextInt(30)];
      random.nextBytes(value);
      batchKeys.add(key);
      if (random.nextInt(4) == 0) {
        batch.delete(key);
        contents.add(new Content(ValueKind.DELETE, new byte[0]));
      } else {
        batch.put(key, value);
        contents.add(new Content(ValueKind.PUT, value));
      }
    }
    long before = table.endSequence();
    long last = table.add(batch);
    if (last == MemTable.FULL) {
      return false;
    }
    long sequence = before + 32 / 8;
    for (int i = 0; i < size; i++) {
      model.put(new Version(batchKeys.get(i), sequence), contents.get(i));
      if (i == size - 1) {
        assertThat(last).isEqualTo(sequence);
      }
      int bytes = 32 + batchKeys.get(i).length + contents.get(i).value.length;
      sequence += (bytes + 7) / 8;
    }
    assertThat(table.endSequence()).isEqualTo(sequence);
    return true;
  }

  private void compareGet(
      MemTable table, SplittableRandom random, List<byte[]> keys, String replay) {
    byte[] key = keys.get(random.nextInt(keys.size()));
    long snapshot = snapshot(table, random);
    Map.Entry<Version, Content> expected = model.ceilingEntry(new Version(key, snapshot));
    boolean here = expected != null && Arrays.equals(expected.getKey().key, key);
    MemTable.Result result = new MemTable.Result();
    int found = get(table, key, snapshot, result);
    if (!here) {
      assertThat(found).as(replay).isEqualTo(MemTable.NOT_HERE);
      return;
    }
    boolean deleted = expected.getValue().kind == ValueKind.DELETE;
    assertThat(found).as(replay).isEqualTo(deleted ? MemTable.DELETED : MemTable.FOUND);
    assertThat(result.sequence()).as(replay).isEqualTo(expected.getKey().sequence);
    assertThat(bytes(result.segment(), result.offset(), result.length()))
        .as(replay)
        .isEqualTo(expected.getValue().value);
  }

  private void compareCursor(
      MemTable table, SplittableRandom random, List<byte[]> keys, String replay) {
    long snapshot = snapshot(table, random);
    List<Version> visible =
        model.keySet().stream().filter(version -> version.sequence <= snapshot).toList();
    try (InternalCursor cursor = table.cursor(snapshot)) {
      int at = -1;
      for (int step = 0; step < 200; step++) {
        boolean placed = at >= 0 && at < visible.size();
        int move = placed ? random.nextInt(40) : random.nextInt(6);
        switch (move) {
          case 0 -> {
            cursor.first();
            at = 0;
          }
          case 1 -> {
            cursor.last();
            at = visible.size() - 1;
          }
          case 2, 3, 4, 5 -> {
            byte[] target = keys.get(random.nextInt(keys.size()));
            if (random.nextInt(3) == 0) {
              target = Arrays.copyOf(target, random.nextInt(target.length + 3));
            }
            long sequence = random.nextBoolean() ? Trailer.SEQUENCE_MAX : snapshot(table, random);
            cursor.seek(MemorySegment.ofArray(target), 0, target.length, sequence);
            at = lowerBound(visible, new Version(target, sequence));
          }
          default -> {
            boolean forward = random.nextInt(10) < 6 == (step / 50 % 2 == 0);
            if (forward) {
              cursor.next();
              at++;
            } else {
              cursor.prev();
              at--;
            }
          }
        }
        compareEntry(cursor, visible, at, replay);
      }
    }
  }

  private void compareEntry(InternalCursor cursor, List<Version> visible, int at, String replay) {
    boolean placed = at >= 0 && at < visible.size();
    assertThat(cursor.isValid()).as(replay).isEqualTo(placed);
    if (placed) {
      Version expected = visible.get(at);
      assertThat(key(cursor)).as(replay).isEqualTo(expected.key);
      assertThat(cursor.sequence()).as(replay).isEqualTo(expected.sequence);
      assertThat(cursor.kind()).as(replay).isEqualTo(model.get(expected).kind);
      assertThat(bytes(cursor.valueSegment(), cursor.valueOffset(), cursor.valueLength()))
          .as(replay)
          .isEqualTo(model.get(expected).value);
    }
  }

  private static int lowerBound(List<Version> visible, Version target) {
    int at = 0;
    while (at < visible.size() && INTERNAL_ORDER.compare(visible.get(at), target) < 0) {
      at++;
    }
    return at;
  }

  private static long snapshot(MemTable table, SplittableRandom random) {
    return random.nextInt(3) == 0
        ? table.endSequence() - 1
        : random.nextLong(70, table.endSequence() + 1);
  }

  private static long put(MemTable table, byte[] key, byte[] value) {
    return table.add(ValueKind.PUT, key, 0, key.length, value, 0, value.length);
  }

  private static int get(MemTable table, byte[] key, long snapshot, MemTable.Result result) {
    MemorySegment segment = MemorySegment.ofArray(key);
    long hash = Keys.hash(segment, 0, key.length);
    return table.get(segment, 0, key.length, hash, snapshot, result);
  }

  private static byte[] key(InternalCursor cursor) {
    return bytes(cursor.keySegment(), cursor.keyOffset(), cursor.keyLength());
  }

  private static byte[] bytes(MemorySegment segment, long offset, int length) {
    return segment.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
  }

  /// Keys that are hard to tell apart in different ways.
  private static final class KeyShapes {
    static final int SHAPES = 9;

    static List<byte[]> drawAll(SplittableRandom random, int count) {
      List<byte[]> keys = new ArrayList<>();
      int shape = random.nextInt(SHAPES + 1);
      for (int i = 0; i < count; i++) {
        keys.add(draw(random, shape == SHAPES ? random.nextInt(SHAPES) : shape));
      }
      return keys;
    }

    static byte[] draw(SplittableRandom random, int shape) {
      return switch (shape) {
        case 0 -> random(random, 16); // nothing in common
        case 1 -> text("user%012d".formatted(random.nextInt(100_000)));
        case 2 -> random(random, random.nextInt(4)); // versions, the empty key
        case 3 -> new byte[random.nextInt(40)]; // zeros: prefixes of each other
        case 4 -> text((random.nextInt(50) == 0 ? "a" : "tenant/") + random.nextInt(3000));
        case 5 -> text("x".repeat(random.nextInt(200))); // each a prefix of the next
        case 6 -> zeroEnded(random); // a missing byte against a zero
        case 7 -> text("the same key");
        default -> text("p".repeat(20) + random.nextInt(100) + "q".repeat(20) + random.nextInt(9));
      };
    }

    private static byte[] random(SplittableRandom random, int length) {
      byte[] key = new byte[length];
      random.nextBytes(key);
      return key;
    }

    private static byte[] zeroEnded(SplittableRandom random) {
      byte[] stem = text("k" + random.nextInt(20));
      return Arrays.copyOf(stem, stem.length + random.nextInt(12));
    }

    private static byte[] text(String text) {
      return text.getBytes(StandardCharsets.US_ASCII);
    }
  }
}
