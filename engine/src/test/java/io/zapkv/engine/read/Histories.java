package io.zapkv.engine.read;

import io.zapkv.engine.format.ValueKind;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Makes up keys and histories of writes.
final class Histories {
  private Histories() {}

  /// Keys that differ early, late, in length only, or hardly at all, as the style says.
  static byte[] key(RandomGenerator random, int style) {
    String text =
        switch (style) {
          case 0 -> "" + (char) ('a' + random.nextInt(8));
          case 1 -> String.format("%016d", random.nextInt(300));
          case 2 -> "user" + random.nextInt(1000);
          case 3 -> "\0".repeat(random.nextInt(12));
          case 4 -> "x".repeat(125) + String.format("%06d", random.nextInt(40));
          case 5 -> "ab".repeat(random.nextInt(6)) + (char) random.nextInt(256);
          default -> "\u00ff".repeat(random.nextInt(4)) + random.nextInt(20);
        };
    return Entry.bytes(text);
  }

  static final int STYLES = 7;

  /// `count` entries with rising sequences, in the order written.
  static List<Entry> history(RandomGenerator random, int count, int style) {
    List<Entry> entries = new ArrayList<>();
    long sequence = random.nextInt(2);
    byte[] hot = key(random, style);
    boolean hasHot = random.nextInt(3) == 0;
    for (int i = 0; i < count; i++) {
      byte[] key = hasHot && random.nextInt(3) > 0 ? hot : key(random, style);
      boolean deletes = random.nextInt(3) == 0;
      entries.add(
          new Entry(
              key,
              sequence,
              deletes ? ValueKind.DELETE : ValueKind.PUT,
              deletes ? new byte[0] : Entry.bytes("v" + i + "-".repeat(random.nextInt(80)))));
      sequence += 1 + random.nextInt(3);
    }
    return entries;
  }

  /// The entries spread over `count` sorted lists.
  static List<List<Entry>> spread(RandomGenerator random, List<Entry> entries, int count) {
    List<List<Entry>> lists = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lists.add(new ArrayList<>());
    }
    boolean lopsided = random.nextBoolean();
    for (Entry entry : entries) {
      int list = lopsided && random.nextInt(10) > 0 ? 0 : random.nextInt(count);
      lists.get(list).add(entry);
    }
    lists.forEach(list -> list.sort(Entry.ORDER));
    return lists;
  }

  static InternalSources sources(List<List<Entry>> lists) {
    List<ListCursor> cursors = new ArrayList<>();
    lists.forEach(list -> cursors.add(new ListCursor(list)));
    return new InternalSources(cursors);
  }

  record InternalSources(List<ListCursor> cursors) {
    MergingCursor merged() {
      return new MergingCursor(cursors.toArray(new ListCursor[0]));
    }

    int steps() {
      return cursors.stream().mapToInt(ListCursor::steps).sum();
    }
  }
}
