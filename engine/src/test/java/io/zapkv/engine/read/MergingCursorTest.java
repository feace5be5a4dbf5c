package io.zapkv.engine.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.ValueKind;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MergingCursorTest {
  @Test
  void noSourcesMakeAnEmptyCursor() {
    try (MergingCursor cursor = new MergingCursor()) {
      cursor.first();
      assertThat(cursor.isValid()).isFalse();
      cursor.last();
      assertThat(cursor.isValid()).isFalse();
    }
  }

  @Test
  void versionsOfOneKeyComeNewestFirstWhereverTheyLie() {
    MergingCursor cursor =
        new MergingCursor(
            new ListCursor(List.of(Entry.put("a", 5, "five"), Entry.put("b", 6, "six"))),
            new ListCursor(List.of(Entry.delete("a", 7), Entry.put("a", 2, "two"))));
    cursor.first();
    assertThat(rest(cursor)).hasToString("[a@7-, a@5=five, a@2=two, b@6=six]");
  }

  @Test
  void theSameEntryTwiceIsShownTwiceInTheOrderOfTheSources() {
    MergingCursor cursor =
        new MergingCursor(
            new ListCursor(List.of(Entry.put("a", 5, "left"))),
            new ListCursor(List.of(Entry.put("a", 5, "right"))));
    cursor.first();
    cursor.next();
    assertThat(Entry.at(cursor)).hasToString("a@5=right");
    cursor.prev();
    assertThat(Entry.at(cursor)).hasToString("a@5=left");
    cursor.next();
    assertThat(Entry.at(cursor)).hasToString("a@5=right");
  }

  @Test
  void aStepWhileOneSourceIsAheadMovesThatSourceOnly() {
    List<Entry> many = new ArrayList<>();
    for (int i = 100; i < 200; i++) {
      many.add(Entry.put("k" + i, i, "v"));
    }
    ListCursor ahead = new ListCursor(many);
    ListCursor behind = new ListCursor(List.of(Entry.put("z", 1, "v")));
    MergingCursor cursor = new MergingCursor(ahead, behind);
    cursor.first();
    for (int i = 0; i < 50; i++) {
      cursor.next();
    }
    assertThat(ahead.steps()).isEqualTo(51);
    assertThat(behind.steps()).isEqualTo(1);
  }

  @Test
  void closeClosesEverySourceAlsoWhenOneFails() {
    ListCursor first = new ListCursor(List.of());
    ListCursor last = new ListCursor(List.of());
    MergingCursor cursor = new MergingCursor(first, new FailingCursor(), last);
    assertThatThrownBy(cursor::close).hasMessage("close");
    assertThat(first.isClosed()).isTrue();
    assertThat(last.isClosed()).isTrue();
  }

  @Test
  void aFailingSourceLeavesTheCursorInvalid() {
    MergingCursor cursor =
        new MergingCursor(new ListCursor(List.of(Entry.put("b", 1, "v"))), new FailingCursor());
    cursor.first();
    assertThat(Entry.at(cursor)).hasToString("a@1=");
    assertThatThrownBy(cursor::next).hasMessage("next");
    assertThat(cursor.isValid()).isFalse();
  }

  @Test
  void movingAnInvalidCursorIsABug() {
    MergingCursor cursor = new MergingCursor(new ListCursor(List.of()));
    assertThatThrownBy(cursor::next).isInstanceOf(AssertionError.class);
    assertThatThrownBy(cursor::prev).isInstanceOf(AssertionError.class);
  }

  @Test
  void randomWalksAgreeWithASortedList() {
    for (int round = 0; round < 600; round++) {
      walk(Seeds.seed() + round);
    }
  }

  private static void walk(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int style = random.nextInt(Histories.STYLES);
    List<Entry> model = Histories.history(random, random.nextInt(120), style);
    List<List<Entry>> lists = Histories.spread(random, model, 1 + random.nextInt(20));
    model.sort(Entry.ORDER);
    MergingCursor cursor = Histories.sources(lists).merged();
    int at = -1;
    for (int step = 0; step < 200; step++) {
      int dice = random.nextInt(20);
      if (dice == 0) {
        cursor.first();
        at = model.isEmpty() ? -1 : 0;
      } else if (dice == 1) {
        cursor.last();
        at = model.size() - 1;
      } else if (dice < 4 || at < 0) {
        byte[] key = Histories.key(random, style);
        long sequence = random.nextInt(300);
        cursor.seek(MemorySegment.ofArray(key), 0, key.length, sequence);
        at = seek(model, new Entry(key, sequence, ValueKind.PUT, key));
      } else if (dice < 13) {
        cursor.next();
        at = at + 1 == model.size() ? -1 : at + 1;
      } else {
        cursor.prev();
        at--;
      }
      assertThat(cursor.isValid()).as("seed %d, step %d", seed, step).isEqualTo(at >= 0);
      if (at >= 0) {
        assertThat(Entry.at(cursor)).as("seed %d, step %d", seed, step).isEqualTo(model.get(at));
      }
    }
    cursor.close();
  }

  private static int seek(List<Entry> model, Entry wanted) {
    for (int i = 0; i < model.size(); i++) {
      if (Entry.ORDER.compare(model.get(i), wanted) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private static List<Entry> rest(InternalCursor cursor) {
    List<Entry> entries = new ArrayList<>();
    for (; cursor.isValid(); cursor.next()) {
      entries.add(Entry.at(cursor));
    }
    return entries;
  }

  /// Has one entry, "a", and fails to leave it.
  private static final class FailingCursor implements InternalCursor {
    private final InternalCursor one =
        new ListCursor(List.of(new Entry(new byte[] {'a'}, 1, ValueKind.PUT, new byte[0])));

    @Override
    public boolean isValid() {
      return one.isValid();
    }

    @Override
    public void first() {
      one.first();
    }

    @Override
    public void last() {
      one.last();
    }

    @Override
    public void seek(MemorySegment key, long keyOffset, int keyLength, long sequence) {
      one.seek(key, keyOffset, keyLength, sequence);
    }

    @Override
    public void next() {
      throw new UnsupportedOperationException("next");
    }

    @Override
    public void prev() {
      throw new UnsupportedOperationException("prev");
    }

    @Override
    public MemorySegment keySegment() {
      return one.keySegment();
    }

    @Override
    public long keyOffset() {
      return one.keyOffset();
    }

    @Override
    public int keyLength() {
      return one.keyLength();
    }

    @Override
    public long sequence() {
      return one.sequence();
    }

    @Override
    public int kind() {
      return one.kind();
    }

    @Override
    public MemorySegment valueSegment() {
      return one.valueSegment();
    }

    @Override
    public long valueOffset() {
      return one.valueOffset();
    }

    @Override
    public int valueLength() {
      return one.valueLength();
    }

    @Override
    public void close() {
      throw new UnsupportedOperationException("close");
    }
  }
}
