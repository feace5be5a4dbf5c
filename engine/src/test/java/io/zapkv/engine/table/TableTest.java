package io.zapkv.engine.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.zapkv.api.Compression;
import io.zapkv.api.CorruptionException;
import io.zapkv.engine.base.Keys;
import io.zapkv.engine.base.MemoryBudget;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.format.ValueKind;
import io.zapkv.engine.zone.Extent;
import io.zapkv.zns.ZonedDevices;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TableTest {
  /// The same promises on every kind of device and table.
  enum Subject {
    ROOMY("mem:?zones=16&capacity=8MiB&reorder=1", TableOptions.of(Compression.LZ4), 4 << 20),
    IN_PLACE("mem:?zones=16&capacity=8MiB&reorder=2", TableOptions.of(Compression.NONE), 4 << 20),
    UNMAPPED("mem:?zones=16&capacity=8MiB&reorder=3", TableOptions.of(Compression.NONE), 4 << 20),
    UNMAPPED_LZ4(
        "mem:?zones=16&capacity=8MiB&reorder=4", TableOptions.of(Compression.LZ4), 4 << 20),
    WITHOUT_CACHE("mem:?zones=16&capacity=8MiB&reorder=5", TableOptions.of(Compression.LZ4), 0),
    ONE_BLOCK_APPENDS(
        "mem:?zones=64&capacity=1MiB&append=4KiB&reorder=6",
        TableOptions.of(Compression.LZ4),
        1 << 20),
    SMALL_BLOCKS(
        "mem:?zones=64&capacity=1MiB&block=512&append=4KiB&reorder=7",
        new TableOptions(Compression.NONE, 10, 512, 4096),
        1 << 20),
    TINY_ZONES(
        "mem:?zones=256&capacity=64KiB&block=512&append=4KiB&reorder=8",
        new TableOptions(Compression.LZ4, 16, 1024, 2048),
        512 << 10),
    TINIEST_CHUNKS(
        "mem:?zones=64&capacity=1MiB&block=512&append=4KiB&reorder=9",
        new TableOptions(Compression.NONE, 5, 256, 1024),
        512 << 10);

    private final String device;
    private final TableOptions options;
    private final long cacheBytes;

    Subject(String device, TableOptions options, long cacheBytes) {
      this.device = device;
      this.options = options;
      this.cacheBytes = cacheBytes;
    }

    TableWorkshop open() {
      TableWorkshop workshop =
          this == UNMAPPED || this == UNMAPPED_LZ4
              ? new TableWorkshop(OddDevice.withoutMapping(ZonedDevices.open(device)), cacheBytes)
              : TableWorkshop.open(device, cacheBytes);
      if (this == TINIEST_CHUNKS) {
        workshop.chunkBytesMax = 1024;
      }
      return workshop;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTableHoldsWhatWasWritten(Subject subject) {
    try (TableWorkshop workshop = subject.open()) {
      for (long seed = 0; seed < 12; seed++) {
        SplittableRandom random = new SplittableRandom(seed);
        int count = 1 + random.nextInt(seed % 3 == 0 ? 5000 : 60);
        TreeMap<TestKey, byte[]> model = smallEntries(random, count);
        TableMeta meta = workshop.write(subject.options, seed + 1, model);
        assertThat(meta.entries()).isEqualTo(model.size());
        assertThat(meta.smallest()).isEqualTo(model.firstKey().key());
        assertThat(meta.largest()).isEqualTo(model.lastKey().key());
        try (TableReader table = TableReader.open(meta, workshop.context)) {
          assertWalks(table, model, seed);
          assertSeeks(table, model, random, seed);
          assertGets(table, model, random, seed);
          assertThat(table.verify().problems()).as("seed %d", seed).isEmpty();
        }
        assertThat(workshop.budget.usedBytes(MemoryBudget.Use.TABLE_INDEX)).isZero();
      }
    }
  }

  @Test
  void manyVersionsOfOneKeyAreToldApartAcrossBlocksAndLeaves() {
    TreeMap<TestKey, byte[]> model = new TreeMap<>();
    for (int i = 1; i <= 20_000; i++) {
      model.put(
          new TestKey("the one key".getBytes(), 2 * i), new byte[] {(byte) i, (byte) (i >> 8)});
    }
    model.put(new TestKey("the".getBytes(), 7), new byte[1]);
    model.put(new TestKey("the zenith".getBytes(), 8), new byte[2]);
    try (TableWorkshop workshop = Subject.SMALL_BLOCKS.open();
        TableReader table =
            TableReader.open(
                workshop.write(Subject.SMALL_BLOCKS.options, 1, model), workshop.context)) {
      SplittableRandom random = new SplittableRandom(1);
      assertSeeks(table, model, random, 1);
      assertGets(table, model, random, 1);
      assertThat(table.verify().problems()).isEmpty();
    }
  }

  @Test
  void largeValuesGoOutAlone() {
    SplittableRandom random = new SplittableRandom(1);
    TreeMap<TestKey, byte[]> model = new TreeMap<>();
    for (int i = 0; i < 12; i++) {
      byte[] value = new byte[i % 3 == 0 ? 500_000 : 200_000];
      random.nextBytes(value);
      model.put(new TestKey(new byte[] {(byte) i}, 4), i % 2 == 0 ? value : new byte[300_000]);
    }
    for (Subject subject : List.of(Subject.ROOMY, Subject.IN_PLACE, Subject.UNMAPPED)) {
      try (TableWorkshop workshop = subject.open();
          TableReader table =
              TableReader.open(workshop.write(subject.options, 1, model), workshop.context)) {
        assertWalks(table, model, 1);
        assertGets(table, model, random, 1);
        assertThat(table.verify().problems()).isEmpty();
      }
    }
  }

  @Test
  void aCursorIsGoodBetweenVisitsWhateverTheCacheDoes() {
    SplittableRandom random = new SplittableRandom(3);
    TreeMap<TestKey, byte[]> model = smallEntries(random, 3000);
    try (TableWorkshop workshop = Subject.ROOMY.open();
        TableReader table =
            TableReader.open(workshop.write(Subject.ROOMY.options, 1, model), workshop.context);
        InternalCursor cursor = table.cursor()) {
      cursor.first();
      for (TestKey key : model.keySet()) {
        workshop.cache.resize(random.nextInt(2) * (4 << 20));
        assertAt(cursor, key, model, 3);
        cursor.next();
      }
    }
  }

  @Test
  void buffersComeBack() {
    TreeMap<TestKey, byte[]> model = smallEntries(new SplittableRandom(3), 300);
    try (TableWorkshop workshop = Subject.WITHOUT_CACHE.open();
        TableReader table =
            TableReader.open(workshop.write(Subject.ROOMY.options, 1, model), workshop.context)) {
      BlockBuffer first = workshop.buffers.take();
      workshop.buffers.giveBack(first);
      try (InternalCursor cursor = table.cursor()) {
        cursor.first();
      }
      try (GetResult result = new GetResult()) {
        TableWorkshop.get(table, model.firstKey().key(), 9, result);
      }
      assertThat(workshop.buffers.take()).isSameAs(first);
      workshop.buffers.giveBack(first);
    }
  }

  @Test
  void aCachedGetAllocatesNothing() {
    TreeMap<TestKey, byte[]> model = new TreeMap<>();
    for (int i = 0; i < 20_000; i++) {
      model.put(new TestKey(("key" + i).getBytes(), 5), ("a value for " + i).getBytes());
    }
    for (Subject subject : List.of(Subject.ROOMY, Subject.IN_PLACE)) {
      try (TableWorkshop workshop = subject.open();
          TableReader table =
              TableReader.open(workshop.write(subject.options, 1, model), workshop.context);
          GetResult result = new GetResult()) {
        MemorySegment key = model.ceilingKey(new TestKey("key7".getBytes(), 9)).segment();
        int length = (int) key.byteSize();
        long hash = Keys.hash(key, 0, length);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = Long.MAX_VALUE;
        int found = 0;
        for (int round = 0; round < 20; round++) {
          long before = threads.getCurrentThreadAllocatedBytes();
          for (int i = 0; i < 5_000; i++) {
            found += table.get(key, 0, length, hash, 9, result);
          }
          allocated = Math.min(allocated, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(found).isEqualTo(100_000);
        assertThat(allocated).as("%s", subject).isLessThan(1000); // what asking costs
      }
    }
  }

  @Test
  void aTableThatIsNotTheOneNamedIsRefused() {
    TreeMap<TestKey, byte[]> model = smallEntries(new SplittableRandom(1), 100);
    try (TableWorkshop workshop = Subject.ROOMY.open()) {
      TableMeta meta = workshop.write(Subject.ROOMY.options, 1, model);
      TableMeta other = workshop.write(Subject.ROOMY.options, 2, model);
      Extent extent = meta.extents().getFirst();
      Extent younger = new Extent(extent.zone(), extent.generation() + 1, extent.blocks());
      assertRefused(
          with(meta, 1, other.footerAddress(), meta.entries(), meta.extents()),
          workshop,
          "this table");
      assertRefused(with(meta, 1, meta.footerAddress(), 99, meta.extents()), workshop, "entries");
      assertRefused(
          with(meta, 1, meta.footerAddress(), meta.entries(), List.of(younger)),
          workshop,
          "generation");
      assertRefused(
          with(meta, 1, meta.footerAddress() - 1, meta.entries(), meta.extents()), workshop, "");
      TableContext stranger =
          new TableContext(
              77, workshop.context.source(), workshop.cache, workshop.buffers, workshop.budget);
      assertThatThrownBy(() -> TableReader.open(meta, stranger))
          .isInstanceOf(CorruptionException.class)
          .hasMessageContaining("this store");
    }
  }

  @Test
  void anUnknownKindOfEntryIsNotAnsweredWrongly() {
    try (TableWorkshop workshop = Subject.ROOMY.open();
        io.zapkv.engine.append.AppendStream stream =
            workshop.stream(io.zapkv.engine.zone.Lifetime.SHARED);
        TableWriter writer = TableWriter.sharingZones(Subject.ROOMY.options, stream, 1, 0)) {
      MemorySegment bytes = MemorySegment.ofArray("k".getBytes());
      writer.add(bytes, 0, 1, 5, ValueKind.MERGE, bytes, 0, 1);
      try (TableReader table = TableReader.open(writer.finish(), workshop.context);
          GetResult result = new GetResult()) {
        assertThatThrownBy(() -> TableWorkshop.get(table, "k".getBytes(), 9, result))
            .isInstanceOf(io.zapkv.api.UnsupportedException.class)
            .hasMessageContaining("kind 3");
      }
    }
  }

  private static void assertRefused(TableMeta meta, TableWorkshop workshop, String why) {
    assertThatThrownBy(() -> TableReader.open(meta, workshop.context))
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining(why);
  }

  private static TableMeta with(
      TableMeta meta, long id, long footerAddress, long entries, List<Extent> extents) {
    return new TableMeta(
        id,
        meta.keyspace(),
        meta.smallest(),
        meta.largest(),
        meta.smallestSequence(),
        meta.largestSequence(),
        entries,
        meta.deletions(),
        meta.rawBytes(),
        meta.blocks(),
        footerAddress,
        extents);
  }

  /// Entries small enough for every subject: its limit is an eighth of an append for a key.
  static TreeMap<TestKey, byte[]> smallEntries(SplittableRandom random, int count) {
    TreeMap<TestKey, byte[]> entries = new TreeMap<>();
    for (TestKey key : TestKey.entries(random, count).keySet()) {
      byte[] value = new byte[random.nextInt(10) == 0 ? random.nextInt(200) : random.nextInt(30)];
      if (random.nextBoolean()) {
        random.nextBytes(value);
      }
      entries.put(
          key.key().length <= 100
              ? key
              : new TestKey(java.util.Arrays.copyOf(key.key(), 100), key.sequence()),
          value);
    }
    return entries;
  }

  private static void assertWalks(TableReader table, TreeMap<TestKey, byte[]> model, long seed) {
    List<TestKey> keys = new ArrayList<>(model.keySet());
    try (InternalCursor cursor = table.cursor()) {
      assertThat(cursor.isValid()).isFalse();
      cursor.first();
      for (TestKey key : keys) {
        assertAt(cursor, key, model, seed);
        cursor.next();
      }
      assertThat(cursor.isValid()).isFalse();
      cursor.last();
      for (TestKey key : keys.reversed()) {
        assertAt(cursor, key, model, seed);
        cursor.prev();
      }
      assertThat(cursor.isValid()).isFalse();
    }
  }

  private static void assertSeeks(
      TableReader table, TreeMap<TestKey, byte[]> model, SplittableRandom random, long seed) {
    try (InternalCursor cursor = table.cursor()) {
      for (int i = 0; i < 300; i++) {
        TestKey bound = TestKey.near(random, model);
        cursor.seek(bound.segment(), 0, bound.key().length, bound.sequence());
        TestKey expected = model.ceilingKey(bound);
        for (int step = 0; step < 4; step++) {
          if (expected == null) {
            assertThat(cursor.isValid()).as("seed %d", seed).isFalse();
            break;
          }
          assertAt(cursor, expected, model, seed);
          if (random.nextBoolean()) {
            cursor.next();
            expected = model.higherKey(expected);
          } else {
            cursor.prev();
            expected = model.lowerKey(expected);
          }
        }
      }
    }
  }

  private static void assertGets(
      TableReader table, TreeMap<TestKey, byte[]> model, SplittableRandom random, long seed) {
    try (GetResult result = new GetResult()) {
      for (TestKey key : model.keySet()) {
        assertGet(table, key, model, result, seed);
      }
      for (int i = 0; i < 500; i++) {
        assertGet(table, TestKey.near(random, model), model, result, seed);
        assertGet(
            table,
            new TestKey(TestKey.near(random, model).key(), Trailer.SEQUENCE_MAX),
            model,
            result,
            seed);
      }
    }
  }

  private static void assertGet(
      TableReader table, TestKey bound, TreeMap<TestKey, byte[]> model, GetResult out, long seed) {
    TestKey expected = model.ceilingKey(bound);
    int state = TableWorkshop.get(table, bound.key(), bound.sequence(), out);
    assertThat(state).isEqualTo(out.state());
    if (expected == null || !expected.isOf(bound.key())) {
      assertThat(state).as("seed %d", seed).isEqualTo(GetResult.NOT_HERE);
    } else if (TableWorkshop.kind(expected, model.get(expected)) == ValueKind.DELETE) {
      assertThat(state).as("seed %d", seed).isEqualTo(GetResult.DELETED);
      assertThat(out.sequence()).isEqualTo(expected.sequence());
    } else {
      assertThat(state).as("seed %d", seed).isEqualTo(GetResult.FOUND);
      assertThat(out.sequence()).isEqualTo(expected.sequence());
      assertThat(out.segment().asSlice(out.offset(), out.length()).toArray(ValueLayout.JAVA_BYTE))
          .isEqualTo(model.get(expected));
    }
  }

  private static void assertAt(
      InternalCursor cursor, TestKey key, TreeMap<TestKey, byte[]> model, long seed) {
    assertThat(cursor.isValid()).as("seed %d", seed).isTrue();
    assertThat(TestKey.keyOf(cursor)).as("seed %d", seed).isEqualTo(key.key());
    assertThat(cursor.sequence()).isEqualTo(key.sequence());
    assertThat(cursor.kind()).isEqualTo(TableWorkshop.kind(key, model.get(key)));
    assertThat(TestKey.valueOf(cursor)).isEqualTo(model.get(key));
  }
}
