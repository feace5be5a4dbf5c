package io.zapkv.engine.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.api.Compression;
import io.zapkv.api.CorruptionException;
import io.zapkv.api.UnsupportedException;
import io.zapkv.engine.append.BlockSource;
import io.zapkv.engine.base.EpochGate;
import io.zapkv.engine.base.MemoryBudget;
import io.zapkv.engine.cache.BlockCache;
import io.zapkv.engine.format.Envelope;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.ValueKind;
import io.zapkv.zns.ZonedDevice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Flips bytes of tables: every answer is right, or a [CorruptionException].
class TableDamageTest {
  @ParameterizedTest
  @EnumSource
  void aFlippedByteIsNeverAWrongAnswer(Compression compression) {
    String name = "mem:?zones=16&capacity=64KiB&block=512&append=4KiB";
    TableOptions options = new TableOptions(compression, 10, 512, 2048);
    SplittableRandom random = new SplittableRandom(5);
    TreeMap<TestKey, byte[]> model = TableTest.smallEntries(random, 150);
    try (TableWorkshop workshop = TableWorkshop.open(name, 0)) {
      TableMeta meta = workshop.write(options, 1, model);
      int zone = meta.extents().getFirst().zone();
      byte[] image =
          workshop
              .device
              .mapped(zone)
              .asSlice(0, meta.blocks() * 512)
              .toArray(ValueLayout.JAVA_BYTE);
      MemorySegment bytes = MemorySegment.ofArray(image);
      int refused = 0;
      int unnoticed = 0;
      try (OddDevice device = new OddDevice(workshop.device, number -> bytes)) {
        for (int at = 0; at < image.length; at++) {
          byte was = image[at];
          image[at] ^= (byte) (1 << random.nextInt(8));
          switch (readAll(device, meta, model)) {
            case REFUSED -> refused++;
            case RIGHT_BUT_NOTED -> {}
            case RIGHT -> unnoticed++;
          }
          image[at] = was;
        }
      }
      assertThat(refused).isGreaterThan(image.length / 2);
      assertThat(unnoticed).as("what fills the last blocks of chunks").isEqualTo(fillBytes(image));
    }
  }

  private static int fillBytes(byte[] image) {
    int fill = 0;
    for (int at = 0; at < image.length; ) {
      Envelope envelope = Envelope.read(MemorySegment.ofArray(image).asSlice(at));
      int length = envelope.chunkBytes(512);
      fill += length - Envelope.BYTES - envelope.payloadBytes();
      at += length;
    }
    return fill;
  }

  private enum Outcome {
    REFUSED,
    RIGHT_BUT_NOTED,
    RIGHT
  }

  private static Outcome readAll(
      ZonedDevice device, TableMeta meta, TreeMap<TestKey, byte[]> model) {
    MemoryBudget budget = new MemoryBudget(1 << 20);
    boolean refused = false;
    try (BlockSource source = new BlockSource(device, 1);
        BlockCache cache = new BlockCache(0, new EpochGate(LockSupport::parkNanos), budget);
        BlockBuffers buffers = new BlockBuffers(budget)) {
      TableContext context = new TableContext(TableWorkshop.STORE, source, cache, buffers, budget);
      TableReader table;
      try {
        table = TableReader.open(meta, context);
      } catch (CorruptionException | UnsupportedException _) {
        return Outcome.REFUSED;
      }
      try (table;
          GetResult result = new GetResult()) {
        for (TestKey key : model.keySet()) {
          refused |= getIsRefused(table, key, model, result);
        }
        refused |= walkIsRefused(table, model);
        boolean noted = !table.verify().problems().isEmpty();
        assertThat(noted || !refused).as("verify misses what a reader notices").isTrue();
        return refused ? Outcome.REFUSED : noted ? Outcome.RIGHT_BUT_NOTED : Outcome.RIGHT;
      }
    }
  }

  private static boolean getIsRefused(
      TableReader table, TestKey key, TreeMap<TestKey, byte[]> model, GetResult out) {
    try {
      int state = TableWorkshop.get(table, key.key(), key.sequence(), out);
      boolean deleted = TableWorkshop.kind(key, model.get(key)) == ValueKind.DELETE;
      assertThat(state).isEqualTo(deleted ? GetResult.DELETED : GetResult.FOUND);
      if (!deleted) {
        assertThat(out.segment().asSlice(out.offset(), out.length()).toArray(ValueLayout.JAVA_BYTE))
            .isEqualTo(model.get(key));
      }
      return false;
    } catch (CorruptionException _) {
      return true;
    }
  }

  private static boolean walkIsRefused(TableReader table, TreeMap<TestKey, byte[]> model) {
    try (InternalCursor cursor = table.cursor()) {
      cursor.first();
      for (TestKey key : model.keySet()) {
        assertThat(cursor.isValid()).isTrue();
        assertThat(TestKey.keyOf(cursor)).isEqualTo(key.key());
        assertThat(TestKey.valueOf(cursor)).isEqualTo(model.get(key));
        cursor.next();
      }
      assertThat(cursor.isValid()).isFalse();
      return false;
    } catch (CorruptionException _) {
      return true;
    }
  }
}
