package io.zapkv.engine.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.read.Entry;
import io.zapkv.engine.read.ListCursor;
import io.zapkv.engine.read.Seeds;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NarrowedCursorTest {
  /// Any walk shows what it would in a table that never had the first keys.
  @Test
  void aNarrowedTableIsWalkedAsIfItBeganLater() {
    for (int round = 0; round < 300; round++) {
      SplittableRandom random = new SplittableRandom(Seeds.seed() + round);
      List<Entry> entries = entries(random);
      byte[] from = key(random.nextInt(12));
      List<Entry> left =
          entries.stream().filter(e -> Arrays.compareUnsigned(e.key(), from) >= 0).toList();
      InternalCursor narrowed = new NarrowedCursor(new ListCursor(entries), from);
      InternalCursor expected = new ListCursor(left);
      for (int step = 0; step < 60; step++) {
        int kind = random.nextInt(expected.isValid() ? 7 : 3);
        byte[] wanted = key(random.nextInt(12));
        long sequence = random.nextLong(200);
        move(narrowed, kind, wanted, sequence);
        move(expected, kind, wanted, sequence);
        assertThat(narrowed.isValid())
            .as("seed %d, step %d", Seeds.seed() + round, step)
            .isEqualTo(expected.isValid());
        if (expected.isValid()) {
          assertThat(Entry.at(narrowed)).isEqualTo(Entry.at(expected));
        }
      }
    }
  }

  private static void move(InternalCursor cursor, int kind, byte[] key, long sequence) {
    switch (kind) {
      case 0 -> cursor.first();
      case 1 -> cursor.last();
      case 2 -> cursor.seek(MemorySegment.ofArray(key), 0, key.length, sequence);
      case 3, 4 -> cursor.next();
      default -> cursor.prev();
    }
  }

  private static List<Entry> entries(SplittableRandom random) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      String key = new String(key(random.nextInt(12)), StandardCharsets.US_ASCII);
      entries.add(Entry.put(key, i + 1L, "v" + i));
    }
    entries.sort(Entry.ORDER);
    return entries;
  }

  private static byte[] key(int number) {
    return "k%02d".formatted(number).getBytes(StandardCharsets.US_ASCII);
  }
}
