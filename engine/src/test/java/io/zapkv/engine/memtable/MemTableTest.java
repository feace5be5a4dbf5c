package io.zapkv.engine.memtable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.zapkv.api.WriteBatch;
import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.format.ValueKind;
import io.zapkv.engine.staging.RecordWalker;
import io.zapkv.engine.staging.StagingArea;
import io.zapkv.engine.staging.StagingSegment;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemTableTest {
  private static final byte[] NOTHING = {};

  private final Arena arena = Arena.ofShared();

  @AfterEach
  void free() {
    arena.close();
  }

  @Test
  void aSnapshotSeesTheVersionOfItsTime() {
    MemTable table = table(1 << 16, 0);
    long first = put(table, "k", "one");
    long second = put(table, "k", "two");
    long gone = delete(table, "k");

    assertThat(get(table, "k", first - 1)).isEqualTo("not here");
    assertThat(get(table, "k", first)).isEqualTo("one");
    assertThat(get(table, "k", second - 1)).isEqualTo("one");
    assertThat(get(table, "k", second)).isEqualTo("two");
    assertThat(get(table, "k", gone)).isEqualTo("deleted");
    assertThat(get(table, "k", Trailer.SEQUENCE_MAX)).isEqualTo("deleted");
    assertThat(get(table, "l", Trailer.SEQUENCE_MAX)).isEqualTo("not here");
  }

  @Test
  void sequencesAreThePlacesOfTheRecords() {
    MemTable table = table(1 << 16, 0);

    assertThat(put(table, "key", "value")).isEqualTo(100);
    assertThat(put(table, "key", "value")).isEqualTo(105); // 32 + 3 + 5 bytes
    assertThat(table.endSequence()).isEqualTo(110);
    assertThat(table.seal()).isEqualTo(110);
  }

  @Test
  void aFullSegmentRefusesAndKeepsWhatItHas() {
    MemTable table = table(8192, 0);
    long last = -1;
    int puts = 0;
    for (long sequence = 0; sequence != MemTable.FULL; puts++) {
      sequence = put(table, "key" + puts, "value");
      last = sequence == MemTable.FULL ? last : sequence;
    }

    assertThat(puts - 1).isEqualTo(4096 / 48);
    assertThat(get(table, "key" + (puts - 2), last)).isEqualTo("value");
    assertThat(get(table, "key" + (puts - 1), Trailer.SEQUENCE_MAX)).isEqualTo("not here");
  }

  @Test
  void aRecordThatFitsNoSegmentIsRefusedWithoutHarm() {
    MemTable table = table(8192, 0);
    byte[] value = new byte[10_000];

    assertThat(table.add(ValueKind.PUT, NOTHING, 0, 0, value, 0, value.length))
        .isEqualTo(MemTable.FULL);
    assertThat(put(table, "key", "value")).isEqualTo(100);
  }

  @Test
  void anIndexThatIsThreeQuartersFullRefuses() {
    MemTable table = table(1 << 20, 1);
    long puts = 0;
    while (put(table, "key" + puts, "") != MemTable.FULL) {
      puts++;
    }

    assertThat(table.isFull()).isTrue();
    assertThat(puts).isEqualTo(1536); // of 2048 slots
    assertThat(table.approximateBytes()).isLessThan(1 << 17);
    assertThat(get(table, "key7", Trailer.SEQUENCE_MAX)).isEmpty();
    assertThat(table.cursor(Trailer.SEQUENCE_MAX).isValid()).isFalse();
  }

  @Test
  void aSealedTableRefuses() {
    MemTable table = table(1 << 16, 0);
    put(table, "a", "1");
    table.seal();

    assertThat(put(table, "b", "2")).isEqualTo(MemTable.FULL);
    assertThat(get(table, "a", Trailer.SEQUENCE_MAX)).isEqualTo("1");
  }

  @Test
  void aWriteThatFailsHalfwayIsAsIfItNeverWas() {
    MemTable table = table(1 << 16, 0);
    put(table, "a", "1");
    byte[] key = bytes("a");
    assertThatThrownBy(() -> table.add(ValueKind.PUT, key, 0, 1, new byte[3], 0, 7))
        .isInstanceOf(IndexOutOfBoundsException.class);
    put(table, "b", "2");

    assertThat(get(table, "a", Trailer.SEQUENCE_MAX)).isEqualTo("1");
    assertThat(get(table, "b", Trailer.SEQUENCE_MAX)).isEqualTo("2");
    assertThat(print(table.cursor(Trailer.SEQUENCE_MAX))).isEqualTo("a=1 b=2 ");
  }

  @Test
  void aBatchIsSeenByNobodyBeforeItsHeaderIsPublished() {
    StagingSegment segment = StagingArea.scratch(arena, 1 << 16, 100);
    MemTable table = new MemTable(segment, 0);
    put(table, "a", "old");
    long header = segment.tailBytes();
    WriteBatch batch = new WriteBatch();
    batch.put(bytes("a"), bytes("new"));
    batch.delete(bytes("b"));
    long last = table.add(batch);

    assertThat(get(table, "a", Trailer.SEQUENCE_MAX)).isEqualTo("new");
    assertThat(get(table, "b", last)).isEqualTo("deleted");
    assertThat(get(table, "b", last - 1)).isEqualTo("not here");

    long state = segment.memory().get(ValueLayout.JAVA_LONG, header);
    segment.memory().set(ValueLayout.JAVA_LONG, header, 0);
    assertThat(get(table, "a", Trailer.SEQUENCE_MAX)).isEqualTo("old");
    assertThat(get(table, "b", Trailer.SEQUENCE_MAX)).isEqualTo("not here");
    segment.memory().set(ValueLayout.JAVA_LONG, header, state);
    assertThat(print(table.cursor(Trailer.SEQUENCE_MAX))).isEqualTo("a=new a=old b! ");
  }

  @Test
  void aCursorThatMustWaitForAWriteIsABug() {
    StagingSegment segment = StagingArea.scratch(arena, 1 << 16, 100);
    MemTable table = new MemTable(segment, 0);
    put(table, "a", "1");
    segment.claim(40);
    long later = put(table, "b", "2");

    assertThat(print(table.cursor(104))).isEqualTo("a=1 ");
    assertThatThrownBy(() -> table.cursor(later)).isInstanceOf(AssertionError.class);
    table.seal();
    assertThatThrownBy(() -> table.cursor(Trailer.SEQUENCE_MAX)).isInstanceOf(AssertionError.class);
  }

  @Test
  void aBatchCanBeUsedAgain() {
    MemTable table = table(1 << 16, 0);
    WriteBatch batch = new WriteBatch();
    for (int i = 0; i < 100; i++) {
      batch.put(bytes("key" + i), bytes("some value " + i));
    }
    table.add(batch);
    table.add(batch);
    batch.clear();
    assertThat(batch.count()).isZero();
    batch.delete(bytes("key7"));
    table.add(batch);

    assertThat(get(table, "key99", Trailer.SEQUENCE_MAX)).isEqualTo("some value 99");
    assertThat(get(table, "key7", Trailer.SEQUENCE_MAX)).isEqualTo("deleted");
    assertThat(table.records()).isEqualTo(201);
  }

  @Test
  void whatWasAddedIsFoundByAStrictWalkOfTheSegment() {
    StagingSegment segment = StagingArea.scratch(arena, 1 << 16, 100);
    MemTable table = new MemTable(segment, 0);
    put(table, "a", "1");
    WriteBatch batch = new WriteBatch();
    batch.put(bytes("b"), bytes("2"));
    batch.delete(bytes("c"));
    table.add(batch);
    put(table, "", "");

    RecordWalker walker =
        new RecordWalker(
            segment.memory(),
            segment.tag(),
            100,
            4096,
            segment.segmentBytes(),
            RecordWalker.Gaps.STOP);
    int records = 0;
    while (walker.next()) {
      records++;
    }
    assertThat(records).isEqualTo(4);
    assertThat(walker.endSequence()).isEqualTo(table.endSequence());
  }

  @Test
  void puttingAndGettingAllocateNothing() {
    MemTable table = table(64 << 20, 0);
    byte[] key = new byte[16];
    MemorySegment keySegment = MemorySegment.ofArray(key);
    byte[] value = new byte[100];
    MemorySegment valueSegment = arena.allocate(100);
    MemTable.Result result = new MemTable.Result();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    // The compiler needs some rounds, more on a busy machine; what counts is that rounds without
    // garbage
    // come.
    for (int round = 0, at = 0; round < 400 && least > 0; round++) {
      if (round % 15 == 14) {
        table.release();
        table = table(64 << 20, 0);
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 18_000; i++, at++) {
        keySegment.set(ValueLayout.JAVA_INT_UNALIGNED, 0, at);
        long added =
            (i & 1) == 0
                ? table.add(ValueKind.PUT, key, 0, 16, value, 0, 100)
                : table.add(ValueKind.PUT, keySegment, 0, 16, valueSegment, 0, 100);
        long hash = Keys.hash(keySegment, 0, 16);
        int found = table.get(keySegment, 0, 16, hash, added, result);
        if (found != MemTable.FOUND || result.length() != 100) {
          throw new AssertionError("lost");
        }
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(least).isZero();
    table.release();
  }

  private MemTable table(long segmentBytes, int expected) {
    return new MemTable(StagingArea.scratch(arena, segmentBytes, 100), expected);
  }

  private static long put(MemTable table, String key, String value) {
    byte[] k = bytes(key);
    byte[] v = bytes(value);
    return table.add(ValueKind.PUT, k, 0, k.length, v, 0, v.length);
  }

  private static long delete(MemTable table, String key) {
    byte[] k = bytes(key);
    return table.add(ValueKind.DELETE, k, 0, k.length, NOTHING, 0, 0);
  }

  private static String get(MemTable table, String key, long sequence) {
    MemorySegment k = MemorySegment.ofArray(bytes(key));
    MemTable.Result out = new MemTable.Result();
    long hash = Keys.hash(k, 0, (int) k.byteSize());
    return switch (table.get(k, 0, (int) k.byteSize(), hash, sequence, out)) {
      case MemTable.FOUND -> text(out.segment(), out.offset(), out.length());
      case MemTable.DELETED -> "deleted";
      default -> "not here";
    };
  }

  private static String print(InternalCursor cursor) {
    StringBuilder text = new StringBuilder();
    for (cursor.first(); cursor.isValid(); cursor.next()) {
      text.append(text(cursor.keySegment(), cursor.keyOffset(), cursor.keyLength()));
      if (cursor.kind() == ValueKind.DELETE) {
        text.append('!');
      } else {
        text.append('=')
            .append(text(cursor.valueSegment(), cursor.valueOffset(), cursor.valueLength()));
      }
      text.append(' ');
    }
    return text.toString();
  }

  private static String text(MemorySegment segment, long offset, int length) {
    byte[] bytes = segment.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
