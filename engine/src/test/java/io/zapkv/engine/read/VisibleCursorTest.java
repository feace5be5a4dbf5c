package io.zapkv.engine.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.format.ValueKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class VisibleCursorTest {
  @Test
  void showsTheNewestVersionThatIsNotTooNew() {
    List<Entry> entries =
        List.of(
            Entry.put("a", 9, "new"),
            Entry.put("a", 5, "then"),
            Entry.put("a", 1, "old"),
            Entry.delete("b", 4),
            Entry.put("b", 2, "gone"),
            Entry.put("c", 8, "later"));
    assertThat(forward(view(entries, 6))).isEqualTo("a=then ");
    assertThat(backward(view(entries, 6))).isEqualTo("a=then ");
    assertThat(forward(view(entries, 3))).isEqualTo("a=old b=gone ");
    assertThat(backward(view(entries, 3))).isEqualTo("b=gone a=old ");
    assertThat(forward(view(entries, 9))).isEqualTo("a=new c=later ");
    assertThat(backward(view(entries, 9))).isEqualTo("c=later a=new ");
  }

  @Test
  void turningRoundOnAKeyLeavesItsVersionsBehind() {
    List<Entry> entries =
        List.of(
            Entry.put("a", 1, "a"),
            Entry.put("b", 9, "b9"),
            Entry.put("b", 5, "b5"),
            Entry.put("b", 2, "b2"),
            Entry.put("c", 3, "c"));
    VisibleCursor cursor = view(entries, 6);
    seek(cursor, "b");
    assertThat(show(cursor)).isEqualTo("b=b5");
    cursor.prev();
    assertThat(show(cursor)).isEqualTo("a=a");
    cursor.next();
    assertThat(show(cursor)).isEqualTo("b=b5");
    cursor.next();
    assertThat(show(cursor)).isEqualTo("c=c");
    cursor.prev();
    assertThat(show(cursor)).isEqualTo("b=b5");
    cursor.next();
    assertThat(show(cursor)).isEqualTo("c=c");
    cursor.next();
    assertThat(cursor.isValid()).isFalse();
  }

  @Test
  void aSeekForPrevThatHitsNeedsNoWayBack() {
    ListCursor source = new ListCursor(List.of(Entry.put("a", 1, ""), Entry.put("b", 2, "")));
    VisibleCursor cursor = new VisibleCursor(source, 9, null, null, new NativeKey());
    seekForPrev(cursor, "b");
    assertThat(show(cursor)).isEqualTo("b=");
    assertThat(source.steps()).isEqualTo(1);
  }

  @Test
  void aForwardStepOverUniqueKeysIsOneStepOfTheSource() {
    List<Entry> entries = new ArrayList<>();
    for (int i = 100; i < 200; i++) {
      entries.add(Entry.put("key-" + i, i, "v"));
    }
    ListCursor source = new ListCursor(entries);
    VisibleCursor cursor = new VisibleCursor(source, 1000, null, null, new NativeKey());
    cursor.first();
    for (int i = 0; i < 99; i++) {
      cursor.next();
    }
    assertThat(cursor.isValid()).isTrue();
    assertThat(source.steps()).isEqualTo(100);
  }

  @Test
  void aKeyWithManyVersionsIsPassedBySeeking() {
    List<Entry> entries = new ArrayList<>();
    entries.add(Entry.put("a", 1, "a"));
    for (int version = 5000; version > 1000; version--) {
      entries.add(Entry.put("hot", version, "v" + version));
    }
    entries.add(Entry.put("z", 1, "z"));
    for (long sequence : new long[] {500, 1001, 3000, 9999}) {
      ListCursor source = new ListCursor(entries);
      VisibleCursor cursor = new VisibleCursor(source, sequence, null, null, new NativeKey());
      String hot = sequence < 1001 ? "" : "hot=v" + Math.min(sequence, 5000) + " ";
      assertThat(forward(cursor)).isEqualTo("a=a " + hot + "z=z ");
      assertThat(backward(cursor)).isEqualTo("z=z " + hot + "a=a ");
      seek(cursor, "z");
      cursor.prev();
      cursor.next();
      assertThat(show(cursor)).isEqualTo("z=z");
      assertThat(source.steps()).isLessThan(300);
    }
  }

  @Test
  void aRangeHoldsItsStartAndNotItsEnd() {
    List<Entry> entries =
        List.of(
            Entry.put("a", 1, ""),
            Entry.put("b", 2, ""),
            Entry.put("c", 3, ""),
            Entry.put("d", 4, ""));
    assertThat(forward(view(entries, 9, "b", "d"))).isEqualTo("b= c= ");
    assertThat(backward(view(entries, 9, "b", "d"))).isEqualTo("c= b= ");
    assertThat(forward(view(entries, 9, "c", "b"))).isEmpty();
    assertThat(backward(view(entries, 9, "c", "b"))).isEmpty();
    VisibleCursor cursor = view(entries, 9, "b", "d");
    seek(cursor, "a");
    assertThat(show(cursor)).isEqualTo("b=");
    seekForPrev(cursor, "x");
    assertThat(show(cursor)).isEqualTo("c=");
    seek(cursor, "d");
    assertThat(cursor.isValid()).isFalse();
    seekForPrev(cursor, "a");
    assertThat(cursor.isValid()).isFalse();
  }

  @Test
  void movingAnInvalidCursorIsABug() {
    VisibleCursor cursor = view(List.of(), 1);
    assertThatThrownBy(cursor::next).isInstanceOf(AssertionError.class);
    assertThatThrownBy(cursor::prev).isInstanceOf(AssertionError.class);
  }

  @Test
  void randomWalksAgreeWithATreeMap() {
    for (int round = 0; round < 1500; round++) {
      walk(Seeds.seed() + round);
    }
  }

  private static void walk(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int style = random.nextInt(Histories.STYLES);
    List<Entry> history = Histories.history(random, random.nextInt(150), style);
    long sequence = random.nextInt(4) == 0 ? Trailer.SEQUENCE_MAX : random.nextInt(300);
    byte[] from = random.nextInt(3) == 0 ? Histories.key(random, style) : null;
    byte[] to = random.nextInt(3) == 0 ? Histories.key(random, style) : null;
    TreeMap<byte[], byte[]> model = model(history, sequence, from, to);
    List<List<Entry>> lists = Histories.spread(random, history, 1 + random.nextInt(12));
    VisibleCursor cursor =
        new VisibleCursor(Histories.sources(lists).merged(), sequence, from, to, new NativeKey());
    Map.Entry<byte[], byte[]> at = null;
    for (int step = 0; step < 120; step++) {
      int dice = random.nextInt(24);
      if (dice == 0) {
        cursor.first();
        at = model.firstEntry();
      } else if (dice == 1) {
        cursor.last();
        at = model.lastEntry();
      } else if (dice < 4 || (at == null && dice < 12)) {
        byte[] key = Histories.key(random, style);
        cursor.seek(key);
        at = model.ceilingEntry(key);
      } else if (dice < 6 || at == null) {
        byte[] key = Histories.key(random, style);
        cursor.seekForPrev(key);
        at = model.floorEntry(key);
      } else if (dice < 15) {
        cursor.next();
        at = model.higherEntry(at.getKey());
      } else {
        cursor.prev();
        at = model.lowerEntry(at.getKey());
      }
      assertThat(cursor.isValid()).as("seed %d, step %d", seed, step).isEqualTo(at != null);
      if (at != null) {
        assertThat(show(cursor))
            .as("seed %d, step %d", seed, step)
            .isEqualTo(text(at.getKey()) + "=" + text(at.getValue()));
      }
    }
    cursor.close();
  }

  private static TreeMap<byte[], byte[]> model(
      List<Entry> history, long sequence, byte[] from, byte[] to) {
    TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    for (Entry entry : history) {
      boolean inRange =
          (from == null || Arrays.compareUnsigned(from, entry.key()) <= 0)
              && (to == null || Arrays.compareUnsigned(entry.key(), to) < 0);
      if (entry.sequence() > sequence || !inRange) {
        continue;
      }
      if (entry.kind() == ValueKind.DELETE) {
        model.remove(entry.key());
      } else {
        model.put(entry.key(), entry.value());
      }
    }
    return model;
  }

  private static VisibleCursor view(List<Entry> entries, long sequence) {
    return new VisibleCursor(new ListCursor(entries), sequence, null, null, new NativeKey());
  }

  private static VisibleCursor view(List<Entry> entries, long sequence, String from, String to) {
    return new VisibleCursor(
        new ListCursor(entries), sequence, Entry.bytes(from), Entry.bytes(to), new NativeKey());
  }

  private static void seek(VisibleCursor cursor, String key) {
    cursor.seek(Entry.bytes(key));
  }

  private static void seekForPrev(VisibleCursor cursor, String key) {
    cursor.seekForPrev(Entry.bytes(key));
  }

  private static String forward(VisibleCursor cursor) {
    StringBuilder shown = new StringBuilder();
    for (cursor.first(); cursor.isValid(); cursor.next()) {
      shown.append(show(cursor)).append(' ');
    }
    return shown.toString();
  }

  private static String backward(VisibleCursor cursor) {
    StringBuilder shown = new StringBuilder();
    for (cursor.last(); cursor.isValid(); cursor.prev()) {
      shown.append(show(cursor)).append(' ');
    }
    return shown.toString();
  }

  private static String show(VisibleCursor cursor) {
    return text(Entry.copy(cursor.keySegment(), cursor.keyOffset(), cursor.keyLength()))
        + "="
        + text(Entry.copy(cursor.valueSegment(), cursor.valueOffset(), cursor.valueLength()));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
