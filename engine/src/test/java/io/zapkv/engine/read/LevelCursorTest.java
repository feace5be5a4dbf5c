package io.zapkv.engine.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.table.TableMeta;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LevelCursorTest {
  private final List<List<Entry>> contents = new ArrayList<>();
  private final List<TableMeta> tables = new ArrayList<>();
  private final List<ListCursor> opened = new ArrayList<>();

  @Test
  void noTablesMakeAnEmptyCursor() {
    LevelCursor cursor = cursor();
    cursor.first();
    assertThat(cursor.isValid()).isFalse();
    cursor.last();
    assertThat(cursor.isValid()).isFalse();
    cursor.seek(MemorySegment.ofArray(new byte[0]), 0, 0, 5);
    assertThat(cursor.isValid()).isFalse();
  }

  @Test
  void aSeekOpensOneTableOnly() {
    threeTables();
    LevelCursor cursor = cursor();
    seek(cursor, "d", Trailer.SEQUENCE_MAX);
    assertThat(Entry.at(cursor)).hasToString("d@4=");
    assertThat(opened).hasSize(1);
    seek(cursor, "c", Trailer.SEQUENCE_MAX);
    assertThat(opened).as("the same table is not opened again").hasSize(1);
  }

  @Test
  void atMostOneTableIsOpen() {
    threeTables();
    LevelCursor cursor = cursor();
    for (cursor.first(); cursor.isValid(); cursor.next()) {
      assertThat(opened.stream().filter(table -> !table.isClosed())).hasSize(1);
    }
    cursor.close();
    assertThat(opened).hasSize(3).allMatch(ListCursor::isClosed);
  }

  @Test
  void aSeekPastAllVersionsOfATablesLastKeyGoesOnInTheNextTable() {
    threeTables();
    LevelCursor cursor = cursor();
    seek(cursor, "d", 2);
    assertThat(Entry.at(cursor)).hasToString("e@5=");
    cursor.prev();
    assertThat(Entry.at(cursor)).hasToString("d@4=");
  }

  @Test
  void aSeekBehindTheLastTableOpensNothing() {
    threeTables();
    LevelCursor cursor = cursor();
    seek(cursor, "x", 2);
    assertThat(cursor.isValid()).isFalse();
    assertThat(opened).isEmpty();
  }

  @Test
  void randomWalksAgreeWithASortedList() {
    for (int round = 0; round < 200; round++) {
      walk(Seeds.seed() + round);
    }
  }

  private void walk(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Entry> model = Histories.history(random, 1 + random.nextInt(60), 2);
    model.sort(Entry.ORDER);
    cutIntoTables(model, random);
    LevelCursor cursor = cursor();
    int at = -1;
    for (int step = 0; step < 100; step++) {
      int dice = random.nextInt(12);
      if (dice == 0 || at < 0) {
        cursor.first();
        at = 0;
      } else if (dice == 1) {
        cursor.last();
        at = model.size() - 1;
      } else if (dice == 2) {
        Entry wanted = model.get(random.nextInt(model.size()));
        cursor.seek(MemorySegment.ofArray(wanted.key()), 0, wanted.key().length, wanted.sequence());
        at = model.indexOf(wanted);
      } else if (dice < 8) {
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
  }

  private void threeTables() {
    addTable(List.of(Entry.put("a", 1, ""), Entry.put("b", 2, "")));
    addTable(List.of(Entry.put("c", 3, ""), Entry.put("d", 4, "")));
    addTable(List.of(Entry.put("e", 5, ""), Entry.put("f", 6, "")));
  }

  private void cutIntoTables(List<Entry> sorted, SplittableRandom random) {
    tables.clear();
    contents.clear();
    List<Entry> table = new ArrayList<>();
    for (Entry entry : sorted) {
      boolean newKey = table.isEmpty() || !Arrays.equals(table.getLast().key(), entry.key());
      if (newKey && !table.isEmpty() && random.nextInt(5) == 0) {
        addTable(table);
        table = new ArrayList<>();
      }
      table.add(entry);
    }
    addTable(table);
  }

  private void addTable(List<Entry> entries) {
    byte[] smallest = entries.getFirst().key();
    byte[] largest = entries.getLast().key();
    tables.add(
        new TableMeta(
            contents.size(), 0, smallest, largest, 0, 0, entries.size(), 0, 0, 1, 0, List.of()));
    contents.add(entries);
  }

  private LevelCursor cursor() {
    return new LevelCursor(tables, this::open);
  }

  private InternalCursor open(TableMeta table) {
    ListCursor cursor = new ListCursor(contents.get((int) table.id()));
    opened.add(cursor);
    return cursor;
  }

  private static void seek(LevelCursor cursor, String key, long sequence) {
    byte[] bytes = Entry.bytes(key);
    cursor.seek(MemorySegment.ofArray(bytes), 0, bytes.length, sequence);
  }
}
